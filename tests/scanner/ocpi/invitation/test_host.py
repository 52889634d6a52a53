"""Our platform as the side that is registered with: who gets in, and how each start ends."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.model.credential import NEW_TOKEN
from scanner.model.facts.ocpi.answer import Access
from scanner.model.party import Party, Role
from scanner.model.served import CallersToken, ServedCall
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.troubles import Mishap
from scanner.ocpi.invitation import host as hosts
from scanner.ocpi.invitation.host import MISHAPS, Host, acts

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
US = PartyInRole(party=Party(country_code="NL", party_id="ABC"), role=Role.EMSP)
THEIRS = {
    "token": "[masked]",
    "url": "https://ocpi.example.com/versions",
    "roles": [{"country_code": "DE", "party_id": "XYZ", "role": "CPO"}],
}


def a_host(*to_come, fetched=Access.DATA):
    async def fetch():
        return fetched

    partner = MadeUpPartner(US.party, ("2.1.1", "2.2.1"), NOW)
    partner.base = "https://partner.example.com/nonce"
    host = Host(partner=partner, own=US, to_come=to_come, stall_s=0.0, fetch=fetch)
    host.ready()
    return host


def call(path, method="GET", *, body=b"", token=CallersToken.AGREED, brought=False):
    return ServedCall(
        received_at=NOW, peer="192.0.2.1", method=method, path=path, headers=(), body=body, token=token, brought=brought
    )


def handed_in(version="2.2.1", body=THEIRS):
    return call(f"/{version}/credentials", "POST", body=json.dumps(body).encode(), brought=True)


def played(host, *calls):
    async def run():
        answers = [await host.answer(one) for one in calls]
        return answers, [host.came.get_nowait() for _ in range(host.came.qsize())]

    return asyncio.run(run())


def test_of_several_starts_all_but_the_last_one_fail_each_in_a_way_of_its_own():
    assert acts(1) == (None,)
    assert acts(3) == (Mishap.HANGS_UP, Mishap.OCPI_ERROR, None)
    assert set(acts(8)) == {*Mishap, None}
    assert len(MISHAPS) == len(Mishap)


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1"])
def test_a_sound_start_is_answered_with_our_credentials_and_a_place_for_a_new_token(version):
    (versions, details, answer), (start,) = played(
        a_host(None), call("/versions"), call(f"/{version}"), handed_in(version)
    )
    assert {one["version"] for one in json.loads(versions.body)["data"]} == {"2.1.1", "2.2.1"}
    urls = {e["identifier"]: e["url"] for e in json.loads(details.body)["data"]["endpoints"]}
    assert urls["credentials"] == f"https://partner.example.com/nonce/{version}/credentials"
    said = json.loads(answer.body)
    assert said["status_code"] == 1000
    assert said["data"]["token"] == NEW_TOKEN
    assert said["data"]["url"] == "https://partner.example.com/nonce/versions"
    assert answer.takes
    assert start.looked_up
    assert (start.mishap, start.fetched) == (None, Access.DATA)
    assert (start.named.url, start.named.parties) == ("https://ocpi.example.com/versions", ("DE-XYZ",))


def test_a_start_that_fails_takes_nothing_and_one_without_looking_up_is_told_apart():
    host = a_host(Mishap.OCPI_ERROR, Mishap.HANGS_UP, None)
    (answer,), (first,) = played(host, handed_in())
    host.ready()
    (hung_up,), (second,) = played(host, handed_in())
    assert json.loads(answer.body)["status_code"] == 3000
    assert not answer.takes
    assert hung_up is None
    assert not first.looked_up
    assert (first.mishap, second.mishap) == (Mishap.OCPI_ERROR, Mishap.HANGS_UP)


@pytest.mark.parametrize("token", [CallersToken.NONE, CallersToken.UNKNOWN, CallersToken.ANOTHERS, CallersToken.FORMER])
def test_who_does_not_show_the_agreed_token_gets_nothing(token):
    (listed, posted), came = played(
        a_host(None), call("/versions", token=token), replace(handed_in(), token=token, brought=False)
    )
    assert (listed.status, posted.status) == (401, 401)
    assert came == []


def test_credentials_without_a_token_are_refused_and_do_not_count_as_a_start():
    (answer,), came = played(a_host(None), replace(handed_in(), brought=False))
    assert answer.status == 400
    assert came == []


def test_more_starts_than_were_asked_for_are_refused():
    (_, answer), came = played(a_host(None), handed_in(), handed_in())
    assert answer.status == 405
    assert len(came) == 1


def test_while_we_look_at_one_start_the_next_has_to_wait(monkeypatch):
    monkeypatch.setattr(hosts, "_HOLD_S", 0.0)
    host = a_host(Mishap.OCPI_ERROR, None)
    (_, held), _ = played(host, handed_in(), call("/versions"))
    assert (held.status, dict(held.headers)["Retry-After"]) == (503, "2")
    host.ready()
    (listed,), _ = played(host, call("/versions"))
    assert listed.status == 200


def test_who_hands_in_again_while_we_look_has_to_wait_and_does_not_begin_the_next_start():
    host = a_host(Mishap.HANGS_UP, None)
    (_, again), came = played(host, handed_in(), replace(handed_in(), brought=False))
    assert (again.status, dict(again.headers)["Retry-After"]) == (503, "2")
    assert [start.mishap for start in came] == [Mishap.HANGS_UP]


def test_a_start_whose_caller_is_not_waited_for_any_longer_has_come_all_the_same():
    host = a_host(None)

    async def run():
        host.fetch = asyncio.Event().wait
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await host.answer(handed_in())
        return host.came.get_nowait()

    assert asyncio.run(run()).mishap is None


def test_afterwards_the_platform_is_let_in_with_the_token_that_we_answered():
    (listed,), _ = played(a_host(None), call("/versions", token=CallersToken.NEWEST))
    assert listed.status == 200


@pytest.mark.parametrize("body", [b"", b"[]", b'{"url": 1, "roles": 2}', b"\xff"])
def test_credentials_that_name_nobody_are_read_as_that(body):
    _, (start,) = played(a_host(None), replace(handed_in(), body=body))
    assert (start.named.url, start.named.parties) == ("", ())
