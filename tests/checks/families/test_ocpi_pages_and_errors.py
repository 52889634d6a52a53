"""What pages and error answers have to look like before a check passes on them."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from checks.model.verdict import Outcome
from tests.targets.odd_platforms import TOKEN, Platform, Response, running_platform
from tests.targets.protocol_runs import ODD_CONTRACT, PATIENT, findings_by

CAPPED = "ocpi-pagination-page-size-capped"
SILENT = "ocpi-disclosure-errors-silent"


def outcomes(platform, check):
    with running_platform(platform) as running, TemporaryDirectory() as folder:
        target = running.target(limits=PATIENT, contracts=(ODD_CONTRACT,))
        found = findings_by((check,), target, {"emsp-a": TOKEN}, Path(folder))
    return {finding.outcome for finding in found[check]}


def asked_for_much(change):
    """A platform that answers differently where a large limit is asked for."""
    return Platform(
        change=lambda request, response: change(response) if int(request.query("limit") or 0) > 1 else response
    )


def with_pages(cap_of, objects=None):
    """A platform whose X-Limit is a function of the limit asked for (None where none is)."""

    def change(request, response):
        document = json.loads(response.body)
        if "X-Limit" not in response.headers:
            return response
        asked = request.query("limit")
        if objects and asked and int(asked) > 1:
            document["data"] = document["data"][:1] * objects
        headers = {**response.headers, "X-Limit": str(cap_of(int(asked) if asked else None))}
        return replace(response, headers=headers, body=json.dumps(document).encode())

    return Platform(change=change)


@pytest.mark.parametrize(
    "status, body, outcome",
    [
        (400, b'{"status_code": 2001}', Outcome.PASS),
        (422, b'{"status_code": 2001}', Outcome.PASS),
        (401, b'{"status_code": 2001}', Outcome.INCONCLUSIVE),
        (403, b'{"status_code": 2001}', Outcome.INCONCLUSIVE),
        (408, b"", Outcome.INCONCLUSIVE),
        (429, b'{"status_code": 2000, "data": []}', Outcome.INCONCLUSIVE),
        (200, b"<html>We are back soon", Outcome.INCONCLUSIVE),
        (500, b'{"status_code": 3000, "data": []}', Outcome.INCONCLUSIVE),
    ],
)
def test_only_a_client_error_about_the_request_is_a_refusal_of_its_limit(status, body, outcome):
    platform = asked_for_much(lambda _response: Response(status=status, body=body))
    assert outcomes(platform, CAPPED) == {outcome}


@pytest.mark.parametrize(
    "cap_of, objects, outcome",
    [
        (lambda _asked: 50, 900, Outcome.FAIL),  # more came than X-Limit says
        (lambda asked: min(asked or 1000, 1000), None, Outcome.PASS),
        (lambda asked: min(asked or 10_000, 10_000), None, Outcome.PASS),
        (lambda asked: min(asked or 20, 500), 300, Outcome.PASS),  # a small default below the cap
        (lambda asked: asked or 20, None, Outcome.FAIL),
    ],
)
def test_a_cap_is_judged_by_x_limit_and_by_the_objects_that_came(cap_of, objects, outcome):
    assert outcomes(with_pages(cap_of, objects), CAPPED) == {outcome}


def test_where_no_error_was_answered_none_is_judged():
    def change(request, response):
        if response.status not in {400, 404}:
            return response
        return replace(response, status=200, body=b'{"status_code": 1000, "data": []}')

    assert outcomes(Platform(change=change), SILENT) == {Outcome.NOT_APPLICABLE}


def test_a_page_that_is_no_error_and_tells_of_the_inside_fails_all_the_same():
    trace = b'Traceback (most recent call last):\n  File "/srv/app/main.py", line 1, in get\n'

    def change(request, response):
        return replace(response, status=200, body=trace) if "posture" in request.target else response

    assert Outcome.FAIL in outcomes(Platform(change=change), SILENT)


def test_a_superseded_version_and_a_command_module_are_found_wherever_they_stand():
    versions = (*(f"9.{number}" for number in range(9)), "2.2.1", "2.0")
    assert outcomes(Platform(versions=versions), "ocpi-contract-no-superseded-version") == {Outcome.FAIL}
    modules = (*Platform().modules, *((f"x{number}", "SENDER") for number in range(70)), ("commands", "RECEIVER"))
    assert outcomes(Platform(modules=modules), "ocpi-contract-dangerous-functions-off") == {Outcome.FAIL}
