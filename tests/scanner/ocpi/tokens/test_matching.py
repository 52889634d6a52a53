"""What is sent in which form, and what is kept of it."""

import asyncio
import base64
from dataclasses import replace

import pytest

from scanner.model.credential import MadeUpCredential
from scanner.model.exchange import Failed, FailureKind
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tokens import (
    ConnectionShared,
    EncodingsTried,
    GuessesTried,
    NearMissesTried,
    PlacesTried,
    SecondHeadersTried,
)
from scanner.model.observation import Reason
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.reply import NoReply
from scanner.ocpi.tokens.asking import TokenAsker
from scanner.ocpi.tokens.claims import TokenClaimsProbe
from scanner.ocpi.tokens.guessing import TokenGuessingProbe
from scanner.ocpi.tokens.matching import TokenMatchingProbe
from tests.scanner.gate_fixtures import FAST, open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import running_service

NO_GUESSES = TokenGuessingProbe(())


def look(target, tokens, folder, *probes):
    async def run():
        async with open_gate(target, folder, tokens=tokens) as gate:
            return await gate.run(DiscoveryProbe(), *probes)

    return asyncio.run(run())


def at_platform(platform, folder, *probes, limits=FAST):
    with running_platform(platform) as running:
        store = look(running.target(limits=limits), {"emsp-a": TOKEN}, folder, *probes)
    return store, running.requests


def at_service(folder, *probes, faults=(), **limits):
    with running_service(faults=faults) as service:
        target = target_of(service)
        target = replace(target, limits=replace(target.limits, **limits))
        tokens = {name: service.tokens[name] for name in ("emsp-a", "emsp-b")}
        return look(target, tokens, folder, *probes), tokens


def test_a_sound_platform_refuses_every_form_and_serves_the_token_before_and_after(tmp_path):
    store, _ = at_platform(Platform(), tmp_path, TokenMatchingProbe())
    facts = [f for kind in (NearMissesTried, EncodingsTried, SecondHeadersTried) for f in facts_of(store, kind)]
    assert len(facts) == 3 * 4  # versions and three modules
    assert {t.answer.access for f in facts for t in f.tried} == {Access.REFUSED}
    assert all(f.valid.access is Access.DATA for f in facts)
    assert all(f.valid_after is not None and f.valid_after.access is Access.DATA for f in facts)


def test_each_form_is_sent_as_it_is_named(tmp_path):
    _, requests = at_platform(Platform(), tmp_path, TokenMatchingProbe())
    sent = {r.headers.get("authorization", "") for r in requests if r.path.endswith("/versions")}
    wanted = [TOKEN.swapcase(), TOKEN[1:], TOKEN[:-1], TOKEN + TOKEN, f" {TOKEN}", f"{TOKEN} ", f"{TOKEN}\n"]
    assert {f"Token {base64.b64encode(text.encode()).decode()}" for text in wanted} <= sent
    assert f"Token {TOKEN}" in sent
    assert base64.b64encode(TOKEN.encode()).decode() in sent  # without a scheme


def test_spaces_round_a_raw_token_are_no_other_token_and_are_not_sent(tmp_path):
    store, requests = at_platform(Platform(encoding="raw", version="2.1.1"), tmp_path, TokenMatchingProbe())
    for fact in facts_of(store, NearMissesTried, module="locations"):
        assert {"the token a space before it", "the token a space after it"} <= set(fact.equal)
    assert not any(f"Token  {TOKEN}" in r.headers.get("authorization", "") for r in requests)


def test_other_places_need_a_disposable_token(tmp_path):
    store, requests = at_platform(Platform(), tmp_path, TokenMatchingProbe())
    assert {why.reason for why in reasons_of(store, PlacesTried)} == {Reason.NOT_PERMITTED}
    assert not any("cookie" in r.headers or "x-api-key" in r.headers for r in requests)


@pytest.mark.parametrize("cap", [0, 10, 45])
def test_what_the_refusal_budget_cuts_off_is_said(tmp_path, cap):
    limits = replace(FAST, max_refusals=cap)
    store, requests = at_platform(Platform(), tmp_path, TokenMatchingProbe(), limits=limits)
    known = f"Token {base64.b64encode(TOKEN.encode()).decode()}"
    other_encodings = {f"Token {TOKEN}", f"Token {base64.b64encode(f'{TOKEN}{chr(10)}'.encode()).decode()}"}
    wrong = [r for r in requests if r.headers.get("authorization") not in {known, *other_encodings}]
    assert len(wrong) <= cap
    cut = [f for f in facts_of(store, NearMissesTried) if f.left_out]
    assert cut or any(why.reason is Reason.BUDGET_EXHAUSTED for why in reasons_of(store, NearMissesTried))


def test_on_one_connection_each_identity_gets_its_own(tmp_path):
    store, _ = at_service(tmp_path, TokenMatchingProbe())
    facts = facts_of(store, ConnectionShared, module="sessions")
    assert len(facts) == 3
    assert all(f.reused and f.second == "emsp-b" and f.second_got_its_own for f in facts)


def test_guessing_stops_where_the_platform_slows_it_down(tmp_path):
    store, _ = at_service(tmp_path, NO_GUESSES, max_guesses=100)
    (fact,) = facts_of(store, GuessesTried)
    assert (fact.slowed_after, fact.slowed_by, fact.banned) == (40, "HTTP 429", True)


@pytest.mark.parametrize("lost, slowed", [((3,), None), ((3, 4), 2), ((3, 5), None)])
def test_one_answer_that_is_lost_on_the_way_is_no_lock_out(lost, slowed, tmp_path, monkeypatch):
    get, guessed = TokenAsker.get, []

    async def losing(self, url, wanted, credential, **more):
        heard = await get(self, url, wanted, credential, **more)
        if isinstance(credential, MadeUpCredential):
            guessed.append(wanted)
            if len(guessed) in lost:
                failure = Failed(kind=FailureKind.TIMEOUT, detail="lost", method="GET", url=url)
                return NoReply(reason=Reason.UNREACHABLE, detail="lost", failure=failure)
        return heard

    monkeypatch.setattr(TokenAsker, "get", losing)
    store, _ = at_service(tmp_path, NO_GUESSES, max_guesses=8)
    (fact,) = facts_of(store, GuessesTried)
    assert (fact.slowed_after, fact.unanswered) == (slowed, len(lost))


def test_no_guess_is_made_where_none_is_wanted(tmp_path):
    store, _ = at_service(tmp_path, NO_GUESSES, max_guesses=0)
    assert [why.reason for why in reasons_of(store, GuessesTried)] == [Reason.NOT_CONFIGURED]


def test_no_token_and_no_right_guess_reaches_a_file_of_the_run(tmp_path):
    probes = (TokenMatchingProbe(), TokenClaimsProbe(), NO_GUESSES)
    faults = ("default-token-left-in", "both-encodings-accepted", "token-case-ignored")
    store, tokens = at_service(tmp_path, *probes, faults=faults, max_guesses=39)
    (fact,) = facts_of(store, GuessesTried)
    assert fact.opened == ("a default",)
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    for clear in (*tokens.values(), *(token.swapcase() for token in tokens.values()), "changeme"):
        for form in (clear, base64.b64encode(clear.encode()).decode()):
            assert not any(form in text for text in texts)
