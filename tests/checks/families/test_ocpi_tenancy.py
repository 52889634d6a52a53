import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.model.observation import Reason
from scanner.model.party import Party
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.reply import NoReply
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import findings_by

CHECK = "ocpi-tenancy-own-objects-only"
FOREIGN = {"country_code": "FR", "party_id": "XXX"}


def sessions(*made):
    """Sessions as made out of the first one that the platform gives: each function makes one."""

    def change(request, response):
        document = json.loads(response.body)
        if not request.path.endswith("/sessions") or not document.get("data"):
            return response
        first = document["data"][0]
        document["data"] = [{**make(first), "id": f"S{number}"} for number, make in enumerate(made)]
        return replace(response, body=json.dumps(document).encode())

    return Platform(change=change)


def own(session):
    return session


def foreign(session):
    return {**session, "cdr_token": session["cdr_token"] | FOREIGN}


def without_cpo(session):
    return {k: v for k, v in session.items() if k not in FOREIGN}


def without_token(session):
    return {k: v for k, v in session.items() if k != "cdr_token"}


def verdicts(platform, folder, party=None):
    with running_platform(platform) as running:
        target = running.target()
        if party:
            target = replace(target, identities=(replace(target.identities[0], party=party),))
        found = findings_by((CHECK,), target, {"emsp-a": TOKEN}, folder)
    return {finding.subject.coordinates().get("path"): finding for finding in found[CHECK]}


def verdict(platform, folder, party=None):
    return verdicts(platform, folder, party)[None]


@pytest.mark.parametrize(
    "made, outcome, said",
    [
        ([own, own], Outcome.PASS, "belong to DE-VLT"),
        ([own, foreign], Outcome.FAIL, "(FR-XXX) in 2.2.1 sessions sender; expected objects of DE-VLT"),
        ([own, lambda s: without_cpo(foreign(s))], Outcome.FAIL, "1 objects of other parties"),
        ([own, without_token, without_token], Outcome.INCONCLUSIVE, "2 of 3 objects"),
        ([without_token], Outcome.INCONCLUSIVE, "1 of 1 objects"),
    ],
)
def test_every_object_of_a_list_has_to_say_whose_it_is(tmp_path, made, outcome, said):
    finding = verdict(sessions(*made), tmp_path)
    assert finding.outcome is outcome
    assert said in finding.message


def test_a_list_that_belongs_to_one_other_party_asks_whether_the_configuration_is_right(tmp_path):
    finding = verdict(Platform(), tmp_path, Party(country_code="XX", party_id="TST"))
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "belong to DE-VLT, and none to XX-TST: is `party` of the identity right?" in finding.message


BEHIND, BY_DATE = "?offset={to the end}", "?date_from={long ago}"


def leaking_where(told):
    """A platform that forgets whose sessions are asked for where the request is of a kind."""

    def change(request, response):
        document = json.loads(response.body)
        if request.path.endswith("/sessions") and document.get("data") and told(request):
            document["data"] = [foreign(session) for session in document["data"]]
        return replace(response, body=json.dumps(document).encode())

    return Platform(change=change)


@pytest.mark.parametrize(
    "told, path, sound",
    [
        (lambda request: request.query("offset") not in {None, "0"}, BEHIND, BY_DATE),
        (lambda request: request.query("date_from") == "2015-01-01T00:00:00Z", BY_DATE, BEHIND),
    ],
)
def test_objects_of_others_are_found_behind_the_first_page_and_by_date(tmp_path, told, path, sound):
    found = verdicts(leaking_where(told), tmp_path)
    assert (found[None].outcome, found[sound].outcome) == (Outcome.PASS, Outcome.PASS)
    assert found[path].outcome is Outcome.FAIL
    assert "FR-XXX" in found[path].message


def test_a_list_by_date_that_gave_no_answer_stays_open(tmp_path, monkeypatch):
    get, silent = OcpiClient.get, NoReply(reason=Reason.TIMED_OUT, detail="nobody answered in time")

    async def unless_by_date(client, url, wanted, *rest, **more):
        return silent if wanted.endswith("by date") else await get(client, url, wanted, *rest, **more)

    monkeypatch.setattr(OcpiClient, "get", unless_by_date)
    found = verdicts(Platform(), tmp_path)
    assert (found[None].outcome, found[BY_DATE].outcome) == (Outcome.PASS, Outcome.INCONCLUSIVE)
    assert "nobody answered in time" in found[BY_DATE].message
