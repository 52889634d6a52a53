"""What a caller without a valid token was given, at one door and at its neighbours."""

import base64
import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import PATIENT, findings_by

KNOWN = f"Token {base64.b64encode(TOKEN.encode()).decode()}"
OPEN = {"status_code": 1000, "data": [{"id": "1", "kwh": 1}]}


def findings(platform, folder, *checks):
    """By check, in their order."""
    with running_platform(platform) as running:
        found = findings_by(checks, running.target(limits=PATIENT), {"emsp-a": TOKEN}, folder)
    return [found[check] for check in checks]


def to_strangers(body, status=200):
    """A platform that answers like this, where it would refuse."""

    def change(request, response):
        return (
            response if request.headers.get("authorization") == KNOWN else replace(response, status=status, body=body)
        )

    return Platform(opens=lambda _request: True, change=change)


def with_a_second_url(module):
    """A platform that names a further URL for the details of its version, or for one module, which is open to all."""

    def change(request, response):
        if request.path.endswith("/open"):
            return replace(response, status=200, body=json.dumps(OPEN).encode())
        at = {"versions": "/versions", "sessions": "/2.2.1"}[module]
        if not request.path.endswith(at):
            return response
        document = json.loads(response.body)
        url = f"https://{request.headers['host']}/ocpi/2.2.1/open"
        if module == "versions":
            document["data"].append({"version": "2.2.1", "url": url})
        else:
            document["data"]["endpoints"].append({"identifier": module, "role": "SENDER", "url": url})
        return replace(response, body=json.dumps(document).encode())

    return Platform(opens=lambda request: request.path.endswith("/open"), change=change)


@pytest.mark.parametrize(
    "body, outcome",
    [
        (b'{"padding": "' + b"x" * 2**21, Outcome.INCONCLUSIVE),
        (json.dumps(OPEN).encode()[:-2] + b', "padding": "' + b"x" * 2**21, Outcome.FAIL),
        (b"[" * 100_000, Outcome.INCONCLUSIVE),
        (
            json.dumps({"status_code": 2001, "data": {"s": [{"id": 1, "kwh": 1, "currency": "EUR"}]}}).encode(),
            Outcome.FAIL,
        ),
    ],
    ids=["cut off", "cut off behind data", "too deep", "data below another key"],
)
def test_what_was_not_read_to_its_end_is_no_refusal(tmp_path, body, outcome):
    (found,) = findings(to_strangers(body), tmp_path, "ocpi-access-no-token-refused")
    assert {f.outcome for f in found} == {outcome}


@pytest.mark.parametrize("module", ["versions", "sessions"])
def test_an_open_second_url_says_nothing_of_the_first(tmp_path, module):
    of_door = {"versions": "version_details", "sessions": "sessions"}[module]
    checks = ("ocpi-access-no-token-refused", "ocpi-access-wrong-token-refused")
    outcomes = {}
    for check, found in zip(checks, findings(with_a_second_url(module), tmp_path, *checks), strict=True):
        outcomes[check] = {f.subject.path: f.outcome for f in found if f.subject.module == of_door}
    assert outcomes == {
        "ocpi-access-no-token-refused": {None: Outcome.PASS, "{url 2}": Outcome.FAIL},
        "ocpi-access-wrong-token-refused": {None: Outcome.PASS, "{url 2}": Outcome.NOT_APPLICABLE},
    }


def empty_under(*schemes):
    """A platform whose Sessions are none, and that reads the token under these schemes as well."""
    accepted = {KNOWN, *(KNOWN.replace("Token", scheme) for scheme in schemes)}
    accepted |= {f"{scheme} {TOKEN}" for scheme in schemes}

    def taken(request):
        return request.path.endswith("/sessions") and request.headers.get("authorization") in accepted

    def change(request, response):
        if not taken(request):
            return response
        document = {"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z", "data": []}
        return replace(response, status=200, body=json.dumps(document).encode())

    return Platform(opens=taken, change=change)


@pytest.mark.parametrize("schemes, outcome", [((), Outcome.PASS), (("Bearer",), Outcome.FAIL)])
def test_a_token_that_opens_an_empty_list_under_another_scheme_was_taken_there(tmp_path, schemes, outcome):
    (found,) = findings(empty_under(*schemes), tmp_path, "ocpi-access-scheme-is-token")
    assert {f.outcome for f in found if f.subject.module == "sessions"} == {outcome}
