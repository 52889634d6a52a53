import base64
import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from tests.targets.odd_platforms import TOKEN, Platform, Response, running_platform
from tests.targets.protocol_runs import emsp, findings_by

SECOND = "a-token-of-the-second-partner"
KEPT_APART = "ocpi-tenancy-kept-apart"
OWN_ONLY = "ocpi-tenancy-own-objects-only"
ERROR = {"status_code": 2003}
SESSION = {"status_code": 1000, "data": {"id": "SES0", "kwh": 1}}


def is_second(request):
    return request.headers.get("authorization") == f"Token {base64.b64encode(SECOND.encode()).decode()}"


def answer(response, status, document):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return replace(response, status=status, body=body)


def of_the_second(response):
    """The list of the second partner: one session of its own."""
    document = json.loads(response.body)
    session = document["data"][0]
    party = {"country_code": "FR", "party_id": "RLN"}
    document["data"] = [{**session, "id": "OWN", "cdr_token": {**session["cdr_token"], **party}}]
    return replace(response, body=json.dumps(document).encode())


def looked_at_by_two(running, folder):
    """What the check of this finds where the platform's own partner and a second one look."""
    target = running.target()
    target = replace(target, identities=(*target.identities, emsp("emsp-b")))
    return findings_by([KEPT_APART], target, {"emsp-a": TOKEN, "emsp-b": SECOND}, folder)[KEPT_APART]


def kept_apart(folder, *, listed=of_the_second, by_id=(404, ERROR)):
    """Outcomes by path of what the second partner is refused, where it gets this list and this answer by id."""

    def change(request, response: Response):
        if "/sessions/" in request.path and "SES" in request.path:
            return answer(response, *(by_id if is_second(request) else (200, SESSION)))
        return listed(response) if is_second(request) and request.path.endswith("/sessions") else response

    with running_platform(Platform(opens=is_second, change=change)) as running:
        found = looked_at_by_two(running, folder)
    of_second = [f for f in found if f.identity == "emsp-b"]
    return {f.subject.coordinates().get("path", ""): f.outcome for f in of_second}


@pytest.mark.parametrize(
    "by_id, outcome",
    [
        ((401, ERROR), Outcome.PASS),
        ((403, ERROR), Outcome.PASS),
        ((404, ERROR), Outcome.PASS),
        ((200, ERROR), Outcome.PASS),
        ((404, SESSION), Outcome.FAIL),
        ((200, SESSION), Outcome.FAIL),
        ((200, {"status_code": 3000}), Outcome.INCONCLUSIVE),
        ((429, ERROR), Outcome.INCONCLUSIVE),
        ((500, {"status_code": 3000}), Outcome.INCONCLUSIVE),
        ((502, b"<html>bad gateway"), Outcome.INCONCLUSIVE),
        ((200, b"<html>maintenance"), Outcome.INCONCLUSIVE),
    ],
)
def test_only_a_plain_refusal_by_id_keeps_an_object_apart(tmp_path, by_id, outcome):
    assert kept_apart(tmp_path, by_id=by_id) == {"": Outcome.PASS, "/{id}": outcome}


@pytest.mark.parametrize(
    "status, document",
    [
        (200, {"status_code": 2001, "data": []}),
        (500, {"status_code": 3000, "data": []}),
        (403, {"status_code": 2000, "data": []}),
        (502, b"<html>bad gateway"),
    ],
)
def test_a_list_that_could_not_be_read_keeps_nothing_apart(tmp_path, status, document):
    found = kept_apart(tmp_path, listed=lambda response: answer(response, status, document))
    assert found == {"": Outcome.INCONCLUSIVE, "/{id}": Outcome.INCONCLUSIVE}


def test_a_partner_that_is_given_nothing_at_all_shows_nothing(tmp_path):
    found = kept_apart(tmp_path, listed=lambda response: answer(response, 200, {"status_code": 1000, "data": []}))
    assert found == {"": Outcome.INCONCLUSIVE, "/{id}": Outcome.INCONCLUSIVE}


def test_a_shared_list_fails(tmp_path):
    assert kept_apart(tmp_path, listed=lambda response: response)[""] is Outcome.FAIL


def test_an_owner_that_has_nothing_is_said_to_have_nothing(tmp_path):
    def change(request, response):
        if not request.path.endswith("/sessions"):
            return response
        if is_second(request):
            return of_the_second(response)
        return answer(response, 200, {"status_code": 1000, "data": []})

    with running_platform(Platform(opens=is_second, change=change)) as running:
        found = looked_at_by_two(running, tmp_path)
    (to_second,) = [f for f in found if f.identity == "emsp-b"]
    assert to_second.outcome is Outcome.INCONCLUSIVE
    assert "emsp-a has nothing of its own here" in to_second.message


def test_objects_that_name_none_of_us_are_not_said_to_be_none(tmp_path):
    def nameless(request, response):
        if not request.path.endswith("/sessions"):
            return response
        document = json.loads(response.body)
        for session in document["data"]:
            del session["cdr_token"]["party_id"]
        return replace(response, body=json.dumps(document).encode())

    with running_platform(Platform(opens=is_second, change=nameless)) as running:
        found = looked_at_by_two(running, tmp_path)
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    (to_second,) = [f for f in found if f.identity == "emsp-b"]
    assert "none of the 2 objects here names emsp-a and not emsp-b" in to_second.message


def test_a_module_that_only_takes_objects_of_a_partner_is_no_list_that_could_not_be_read(tmp_path):
    def change(request, response):
        if is_second(request) and request.path.endswith(("/sessions", "/cdrs")):
            return answer(response, 405, {"status_code": 2000})
        return response

    with running_platform(Platform(version="2.1.1", opens=is_second, change=change)) as running:
        found = looked_at_by_two(running, tmp_path)
    details = [f.message for f in found]
    assert details
    assert not any("405" in detail for detail in details)


@pytest.mark.parametrize(
    "status, document", [(404, {"status_code": 2000}), (405, b""), (400, b"<html>"), (200, {"status_code": 2001})]
)
def test_a_receiver_that_lists_nothing_leaves_nothing_open(tmp_path, status, document):
    def change(request, response):
        if request.path.endswith("/cdrs"):
            return answer(response, status, document)
        return of_the_second(response) if is_second(request) and request.path.endswith("/sessions") else response

    modules = (("credentials", "SENDER"), ("sessions", "SENDER"), ("cdrs", "RECEIVER"))
    with running_platform(Platform(modules=modules, opens=is_second, change=change)) as running:
        target = running.target()
        target = replace(target, identities=(*target.identities, emsp("emsp-b")))
        found = findings_by([KEPT_APART, OWN_ONLY], target, {"emsp-a": TOKEN, "emsp-b": SECOND}, tmp_path)
    about = {(check, f.subject.coordinates().get("module")) for check in found for f in found[check]}
    assert about == {(KEPT_APART, "sessions"), (OWN_ONLY, "sessions")}


@pytest.mark.parametrize("status, document", [(401, {"status_code": 2000}), (500, b"<html>")])
def test_a_receiver_that_could_not_be_asked_stays_open(tmp_path, status, document):
    def change(request, response):
        return answer(response, status, document) if request.path.endswith("/cdrs") else response

    modules = (("credentials", "SENDER"), ("sessions", "SENDER"), ("cdrs", "RECEIVER"))
    with running_platform(Platform(modules=modules, opens=is_second, change=change)) as running:
        found = looked_at_by_two(running, tmp_path)
    assert {f.outcome for f in found if f.subject.coordinates().get("module") == "cdrs"} == {Outcome.INCONCLUSIVE}
