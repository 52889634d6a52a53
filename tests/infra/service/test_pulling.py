"""What the service fetches from its partners: all of it, once, checked like a push, and never without an end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.service.app import create_app
from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.folder import prepare
from infra.service.deployment.loading import load_partners
from infra.service.outbound import OutboundError, OutboundReply
from infra.service.partner import InterfaceRole, Party
from infra.service.pulling.patience import Patience, PullError
from infra.service.pulling.puller import Puller
from infra.service.pulling.settings import PullSettings
from infra.service.registration import PartnerEndpoint, Registration
from infra.service.store import Collection, Kind, ObjectKey, PutOutcome, StoredObject, Visibility
from infra.service.store.guarded import BackendError
from infra.service.store.memory import MemoryStore
from infra.service.strict_json import JsonObject
from infra.service.vault import MemoryVault
from tests.infra.service.examples import T1, T2, cdr, location, session, token
from tests.infra.service.exchange_client import newcomer
from tests.infra.service.partner_stub import ocpi, partner_stub, well_behaved
from tests.infra.service.test_credentials import URL, theirs
from tests.targets.reference_service import RunningService, prepared_folder, running_service

ORIGIN = "https://cpo.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUICK = PullSettings(first_after_s=0.0, interval_s=0.01, first_pause_s=0.002, longest_pause_s=0.05, page_size=2)
GRN = Party("BE", "GRN")
Answer = tuple[int, Any, Mapping[str, str]]


def page(*objects: Any, link: str | None = None, **headers: str) -> Answer:
    """A page with what follows it."""
    more = {} if link is None else {"link": f'<{link}>; rel="next"'}
    return 200, {"status_code": 1000, "data": list(objects)}, {**more, **headers}


class FakePartner:
    """Answers of a list by its page; `asked` are the URLs in order."""

    def __init__(self, answer: Callable[[str], Answer | OutboundError]) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self.shown: set[str] = set()

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        del headers
        assert (method, document) == ("GET", None)
        self.asked.append(url)
        self.shown.add(authorization)
        answer = self._answer(url)
        if isinstance(answer, OutboundError):
            raise answer
        status, body, received = answer
        return OutboundReply(http_status=status, headers=received, document=body)

    async def get(self, *_: Any) -> Any:
        raise AssertionError("no handshake here")

    async def post(self, *_: Any) -> None:
        raise AssertionError("no result here")


class Pulled:
    """What became of `passes` passes over one module of cpo-c."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.store = store or MemoryStore()

    @property
    def passes(self) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["event"] == "pulled"]

    def has(self, kind: Kind, object_id: str) -> bool:
        key = ObjectKey(Collection("2.2.1", kind), GRN, object_id)
        return asyncio.run(self.store.find(key, Visibility())) is not None


def pull(
    partner: FakePartner,
    module: str = "locations",
    passes: int = 1,
    pulling: PullSettings = QUICK,
    beside: tuple[PartnerEndpoint, ...] = (),
    store: MemoryStore | None = None,
) -> Pulled:
    """Register cpo-c with one endpoint and those `beside` it, and wait for so many passes."""
    pulled = Pulled(store)
    settings = prepared_folder().document().to_settings("https://localhost")

    async def run() -> None:
        store, vault, puller = pulled.store, MemoryVault(), Puller(pulling)
        await load_partners(store, settings.partners)
        await vault.keep("cpo-c", CredentialsToken("token-of-the-partner"))
        agreed = await store.registration("cpo-c")
        assert agreed is not None
        endpoint = PartnerEndpoint(identifier=module, role=InterfaceRole.SENDER, url=f"{ORIGIN}/list")
        endpoints = (*beside, endpoint)
        known = replace(agreed, version="2.2.1", versions_url=f"{ORIGIN}/versions", endpoints=endpoints)
        assert await store.save_registration(known)
        create_app(
            settings,
            store,
            outbound=partner,
            vault=vault,
            clock=lambda: NOW,
            events=pulled.events.append,
            puller=puller,
        )
        await puller.resume()
        for _ in range(10_000):
            if len(pulled.passes) >= passes:
                break
            await asyncio.sleep(0.005)
        await puller.close()

    asyncio.run(run())
    return pulled


def outcomes(pulled: Pulled) -> list[Any]:
    return [event["outcome"] for event in pulled.passes]


def test_all_pages_are_read_and_every_object_is_kept():
    second = f"{ORIGIN}/list?offset=2&limit=2"
    first = page(location(id="L1"), location(id="L2"), link=second)
    partner = FakePartner(lambda url: page(location(id="L3")) if url == second else first)
    pulled = pull(partner)
    assert partner.asked[:2] == [f"{ORIGIN}/list?offset=0&limit=2", second]
    assert partner.shown == {"Token " + "dG9rZW4tb2YtdGhlLXBhcnRuZXI="}
    assert outcomes(pulled)[:1] == ["complete"]
    assert (pulled.passes[0]["pages"], pulled.passes[0]["taken"], pulled.passes[0]["refused"]) == (2, 3, 0)
    assert all(pulled.has(Kind.LOCATIONS, name) for name in ("L1", "L2", "L3"))


@pytest.mark.parametrize(
    "bad",
    [
        location(id="BAD", coordinates={"latitude": "north", "longitude": "2"}),
        location(id="BAD", party_id="XXX"),
        location(id="BAD", last_updated="2036-01-01T00:00:00Z"),
        {"id": "BAD"},
        {"country_code": "BE"},
        "BAD",
        None,
    ],
    ids=["type", "owner", "future", "fields", "no id", "text", "null"],
)
def test_an_object_that_a_push_would_not_get_in_is_left_out_and_the_others_are_kept(bad: Any):
    pulled = pull(FakePartner(lambda _: page(bad, location(id="GOOD"))))
    assert (pulled.passes[0]["taken"], pulled.passes[0]["refused"]) == (1, 1)
    assert pulled.has(Kind.LOCATIONS, "GOOD")
    assert not pulled.has(Kind.LOCATIONS, "BAD")


def test_a_cdr_that_comes_twice_is_one_cdr_and_another_one_under_its_id_is_refused():
    one, other = cdr(), cdr(remark="more to pay")
    pulled = pull(FakePartner(lambda _: page(one, one, other)), "cdrs")
    assert (pulled.passes[0]["taken"], pulled.passes[0]["refused"]) == (2, 1)
    written = [e["outcome"] for e in pulled.events if e["event"] == "data_change"]
    assert written[:2] == ["created", "conflict"]


def test_a_session_that_has_ended_does_not_change_by_being_pulled():
    answers = iter([page(session(status="COMPLETED", end_date_time=T1)), page(session(last_updated=T2))])
    pulled = pull(FakePartner(lambda _: next(answers, page())), "sessions", passes=2)
    assert [(event["taken"], event["refused"]) for event in pulled.passes[:2]] == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    "link, outcome",
    [
        (f"{ORIGIN}/list?offset=0&limit=2", "link_loop"),
        ("https://elsewhere.example/list?offset=2", "link_elsewhere"),
        ("http://cpo.example/list?offset=2", "link_elsewhere"),
        ("https://127.0.0.1/list", "link_elsewhere"),
        (f"{ORIGIN}:444/list?offset=2", "link_elsewhere"),
    ],
    ids=["loop", "other host", "plaintext", "inward", "other port"],
)
def test_a_link_that_leads_back_or_away_ends_the_pass_and_is_not_followed(link: str, outcome: str):
    partner = FakePartner(lambda _: page(location(), link=link))
    pulled = pull(partner)
    assert outcomes(pulled)[0] == outcome
    assert {url.partition("?")[0] for url in partner.asked} == {f"{ORIGIN}/list"}
    assert pulled.has(Kind.LOCATIONS, "LOC-NEW")


def endless(make: Callable[[int], Any]) -> FakePartner:
    """Each page leads to another one."""

    def answer(url: str) -> Answer:
        offset = int(parse_qs(urlsplit(url).query)["offset"][0])
        return page(*make(offset), link=f"{ORIGIN}/list?offset={offset + 1}", **{"x-total-count": "999999999"})

    return FakePartner(answer)


@pytest.mark.parametrize(
    "make, outcome, most",
    [
        (lambda offset: [location(id=f"L{offset}")], "too_many_pages", 20),
        (lambda _: [location()], "no_progress", 5),
        (lambda _: [], "no_progress", 5),
        (lambda _: [location(id=f"L{n}") for n in range(1001)], "page_too_long", 1),
    ],
    ids=["new objects", "the same object", "no objects", "long pages"],
)
def test_a_list_without_an_end_has_one_here(make: Callable[[int], Any], outcome: str, most: int):
    pulled = pull(endless(make), pulling=replace(QUICK, most_pages=20))
    assert outcomes(pulled)[0] == outcome
    assert pulled.passes[0]["pages"] <= most


def test_a_pass_has_a_time():
    async def never(_: float) -> None:
        await asyncio.sleep(60)

    class Hanging(FakePartner):
        async def exchange(self, *_: Any) -> OutboundReply:
            await never(0)
            raise AssertionError

    pulled = pull(Hanging(lambda _: page()), pulling=replace(QUICK, pass_timeout_s=0.02))
    assert outcomes(pulled)[0] == "pass_timeout"


def test_after_an_outage_the_next_whole_pass_brings_all_that_was_missed_and_nothing_twice():
    """The second page fails; what came before stays, and the pass begins again from the same date."""
    state = {"down": True}
    second = f"{ORIGIN}/list?offset=2"

    def answer(url: str) -> Answer | OutboundError:
        if url != second:
            return page(location(id="L1"), location(id="L2"), link=second)
        return OutboundError("timeout") if state["down"] else page(location(id="L3"))

    partner = FakePartner(answer)
    failed = pull(partner)
    assert outcomes(failed)[0] == "timeout"
    tries = [url for url in partner.asked if url == second]
    assert len(tries) >= QUICK.tries

    state["down"] = False
    partner.asked.clear()
    healed = pull(partner, passes=2)
    assert outcomes(healed)[:2] == ["complete", "complete"]
    assert healed.has(Kind.LOCATIONS, "L3")
    written = [e["outcome"] for e in healed.events if e["event"] == "data_change"]
    assert written.count("created") == 3
    assert set(written[3:]) <= {"unchanged"}
    assert partner.asked[0] == f"{ORIGIN}/list?offset=0&limit=2"
    assert "date_from=2026-03-01T11:55:00Z" in partner.asked[2]


class AilingStore(MemoryStore):
    """Raises `trouble` where a location is kept, and then where a registration is looked up; sound after that."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__()
        self._trouble = trouble
        self._due = {"put", "registration"}

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        if candidate.key.collection.kind is Kind.LOCATIONS and "put" in self._due:
            self._due.remove("put")
            raise self._trouble
        return await super().put(candidate, expected_revision=expected_revision)

    async def registration(self, partner_id: str) -> Registration | None:
        if self._due == {"registration"}:
            self._due.remove("registration")
            raise self._trouble
        return await super().registration(partner_id)


@pytest.mark.parametrize("trouble", [ConnectionError("down"), BackendError(1.0)])
def test_what_our_own_storage_could_not_take_is_not_refused_but_pulled_again(trouble: Exception):
    partner = FakePartner(lambda _: page(location(id="L1"), location(id="L2")))
    pulled = pull(partner, passes=2, store=AilingStore(trouble))
    assert outcomes(pulled)[:2] == ["own_system", "complete"]
    assert (pulled.passes[1]["taken"], pulled.passes[1]["refused"]) == (2, 0)
    assert [parse_qs(urlsplit(url).query).get("date_from") for url in partner.asked[:2]] == [None, None]
    assert pulled.has(Kind.LOCATIONS, "L1")


def test_a_pass_that_broke_off_does_not_move_the_date():
    answers: Iterator[Answer | OutboundError] = iter([page(location()), *[OutboundError("timeout")] * 4, page()])
    partner = FakePartner(lambda _: next(answers, page()))
    pull(partner, passes=3)
    dates = [parse_qs(urlsplit(url).query).get("date_from") for url in partner.asked[:6]]
    assert dates == [None, *[["2026-03-01T11:55:00Z"]] * 5]


@pytest.mark.parametrize("status, code", [(401, 2000), (404, 2000), (200, 2001), (301, 1000)])
def test_what_will_not_be_better_is_not_asked_again(status: int, code: int):
    partner = FakePartner(lambda _: (status, {"status_code": code, "data": [location()]}, {}))
    pulled = pull(partner, pulling=replace(QUICK, first_pause_s=30))
    assert len(partner.asked) == 1
    assert not pulled.has(Kind.LOCATIONS, "LOC-NEW")


@pytest.mark.parametrize("status, code", [(503, 3000), (429, 2000), (200, 3000)])
def test_what_may_pass_is_asked_again_and_a_partner_that_asks_for_an_hour_gets_it(status: int, code: int):
    again = FakePartner(lambda _: (status, {"status_code": code}, {}))
    assert outcomes(pull(again)) != ["complete"]
    assert len(again.asked) >= QUICK.tries
    later = FakePartner(lambda _: (status, {"status_code": code}, {"retry-after": "3600"}))
    pull(later)
    assert len(later.asked) == 1


def test_pauses_double_are_jittered_and_never_shorter_than_asked():
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def fetch(_: str) -> OutboundReply:
        headers = {"retry-after": "7"} if len(slept) == 3 else {}
        return OutboundReply(http_status=503, headers=headers, document={})

    settings = PullSettings(tries=5, first_pause_s=1.0, longest_pause_s=60.0)
    for chance, expected in ((0.0, [0.5, 1.0, 2.0, 7.0]), (1.0, [1.0, 2.0, 4.0, 8.0])):
        slept.clear()
        patience = Patience(settings=settings, sleep=sleep, chance=lambda value=chance: value)  # type: ignore[misc]
        with pytest.raises(PullError):
            asyncio.run(patience.ask(fetch, "https://partner.example"))
        assert slept == expected


@pytest.mark.parametrize(
    "module, role, origin",
    [
        ("tokens", "SENDER", ORIGIN),
        ("locations", "RECEIVER", ORIGIN),
        ("tariffs", "SENDER", "https://elsewhere.example"),
        ("commands", "SENDER", ORIGIN),
    ],
    ids=["not in the contract", "what it receives", "another origin", "no objects"],
)
def test_other_endpoints_of_a_partner_are_not_pulled(module: str, role: str, origin: str):
    other = PartnerEndpoint(identifier=module, role=InterfaceRole(role), url=f"{origin}/other")
    partner = FakePartner(lambda _: page(location()))
    pull(partner, passes=2, beside=(other,))
    assert len(partner.asked) >= 2
    assert {urlsplit(url).path for url in partner.asked} == {"/list"}


def test_a_registration_over_the_network_is_followed_by_a_pull(tmp_path: Any):
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder = prepare(tmp_path / "deployment", outbound=outbound, pulling={"first_after_s": 0.0, "interval_s": 60})
    ours = token(country_code="AT", party_id="ALP", uid="ALP-1")
    with partner_stub(prepared_folder()) as stub, running_service(folder=folder) as service:
        well_behaved(stub)
        details = json.loads(stub.answers["/2.2.1"]()[2])["data"]
        details["endpoints"].append({"identifier": "tokens", "role": "SENDER", "url": f"{stub.origin}/tokens"})
        stub.answers["/2.2.1"] = lambda: ocpi(details)
        stub.answers["/tokens?offset=0&limit=50"] = lambda: ocpi([ours])
        assert newcomer(service).post(URL, theirs(f"{stub.origin}/versions")).code == 1000
        end = time.monotonic() + 60
        while not (found := _pulls(service)) and time.monotonic() < end:
            time.sleep(0.01)
    assert found == [("complete", 1)]


def _pulls(service: RunningService) -> list[tuple[object, object]]:
    return [(event["outcome"], event["taken"]) for event in service.events if event["event"] == "pulled"]
