"""What the token checks make of facts that no target of ours shows: weak tokens, noise, and half an answer."""

from dataclasses import replace

import pytest

from checks.engine import judge
from checks.families import ocpi_token_attempts, ocpi_token_strength, ocpi_tokens
from checks.model.verdict import Outcome
from scanner.gate.token_shapes import shapes_of
from scanner.gate.vault import TokenVault
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.tokens import (
    ConnectionShared,
    GuessesTried,
    NearMissesTried,
    RefusalTimes,
    RefusalWordings,
    ReplayAnswered,
    TokenStrength,
    TriedForm,
    Wording,
)
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.secret import Secret
from scanner.model.subject import EnvironmentSubject, InterfaceSubject
from scanner.model.witness import Witness

EVIDENCE = (EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/00/0.json"),)
DOOR = InterfaceSubject(environment="test", endpoint="main", module="versions", method="GET")
GOOD = "kP3wX9zQm7RtV2bNc5JhL8sDf4GyA6uE1oTiW0xZqYv"
OTHER = "Zt8HnB4cKe2MvQ6yLs9XrUa3WjFd7PgOi5TqCz1RbEw"
RANDOM_UUID = "9f3a1c7e-52d8-4b6f-a1e0-7c84d2b95e36"
TIMED_UUID = "9f3a1c7e-52d8-11ef-a1e0-7c84d2b95e36"
DATA = Answer(http_status=200, ocpi_status=1000, access=Access.DATA, curl="curl one")
NO = Answer(http_status=401, ocpi_status=2000, access=Access.REFUSED, curl="curl two")
ERROR = Answer(http_status=500, ocpi_status=3000, access=Access.SERVER_ERROR, curl="curl three")
PLAIN = Wording(http_status=401, ocpi_status=2000, message="Unauthorized", headers=("date",), body_bytes=60)


def outcomes(check_id, *observed):
    checks = (*ocpi_tokens.CHECKS, *ocpi_token_strength.CHECKS, *ocpi_token_attempts.CHECKS)
    (check,) = (check for check in checks if check.id == check_id)
    facts = FactStore()
    for subject, identity, fact in observed:
        key = FactKey(fact=type(fact), subject=subject, witness=Witness.PROTOCOL, identity=identity)
        facts.record(Observation(key=key, result=Seen(fact=fact, evidence=EVIDENCE)))
    environments = sorted({subject.environment for subject, _, _ in observed})

    def bug(_check, trace):
        raise AssertionError(trace)

    return {finding.outcome for finding in judge([check], facts, environments, bug)}


def strengths(tokens, environment="test"):
    """Facts as the probe would record them; `tokens` by environment and identity."""
    vault = TokenVault({key: Secret(token) for key, token in tokens.items()})
    names = tuple(sorted({name for name, _ in tokens}))
    for shape in shapes_of(vault, environment):
        fact = TokenStrength(shape=shape, environments=names, compared=len(tokens) - 1)
        yield EnvironmentSubject(environment=environment), shape.identity, fact


def of_one(token):
    return list(strengths({("test", "a"): token}))


def of_two(one, other, where="test"):
    return list(strengths({("test", "a"): one, (where, "b"): other}))


@pytest.mark.parametrize(
    "check, good, bad",
    [
        ("ocpi-token-not-weak", GOOD, "emsp-token-2024"),
        ("ocpi-token-not-weak", RANDOM_UUID, TIMED_UUID),
        ("ocpi-token-128-bits", GOOD, RANDOM_UUID),
        ("ocpi-token-tells-nothing", GOOD, TIMED_UUID),
        ("ocpi-token-tells-nothing", GOOD, f"{GOOD}-1741521600"),
        ("ocpi-token-tells-nothing", GOOD, f"{GOOD}-20270309"),
        ("ocpi-token-tells-nothing", GOOD, "secrettoken"),
        ("ocpi-token-form-allowed", GOOD, GOOD + OTHER),
        ("ocpi-token-form-allowed", GOOD, GOOD[:-1] + "\u00e9"),
    ],
)
def test_a_token_is_judged_by_its_shape(check, good, bad):
    assert outcomes(check, *of_one(good)) == {Outcome.PASS}
    assert outcomes(check, *of_one(bad)) == {Outcome.FAIL}


@pytest.mark.parametrize(
    "other, outcome",
    [(OTHER, Outcome.PASS), (GOOD[:30] + OTHER[:13], Outcome.FAIL), (OTHER[:13] + GOOD[13:], Outcome.FAIL)],
)
def test_what_tokens_have_in_common_is_a_finding(other, outcome):
    assert outcomes("ocpi-token-unrelated", *of_two(GOOD, other)) == {outcome}


def test_tokens_that_are_counted_up_are_a_finding():
    assert outcomes("ocpi-token-unrelated", *of_two("Kq7wPz-000199", "Kq7wPz-000200")) == {Outcome.FAIL}


def test_one_token_for_two_identities_is_a_finding():
    assert outcomes("ocpi-token-of-one-identity", *of_two(GOOD, GOOD)) == {Outcome.FAIL}
    assert outcomes("ocpi-token-of-one-identity", *of_two(GOOD, OTHER)) == {Outcome.PASS}
    assert outcomes("ocpi-token-of-one-identity", *of_two(GOOD, GOOD, "prod")) == {Outcome.PASS}


def test_one_token_in_two_environments_is_a_finding():
    assert outcomes("ocpi-token-of-one-environment", *of_two(GOOD, GOOD, "prod")) == {Outcome.FAIL}
    assert outcomes("ocpi-token-of-one-environment", *of_two(GOOD, OTHER, "prod")) == {Outcome.PASS}
    assert outcomes("ocpi-token-of-one-environment", *of_two(GOOD, GOOD)) == {Outcome.NOT_TESTED}


def test_a_single_token_is_compared_with_none():
    for check in ("ocpi-token-unrelated", "ocpi-token-of-one-identity", "ocpi-token-of-one-environment"):
        assert outcomes(check, *of_one(GOOD)) == {Outcome.NOT_TESTED}


def test_no_message_holds_the_token():
    facts = FactStore()
    for subject, identity, fact in of_two(GOOD, GOOD):
        key = FactKey(fact=TokenStrength, subject=subject, witness=Witness.PROTOCOL, identity=identity)
        facts.record(Observation(key=key, result=Seen(fact=fact, evidence=EVIDENCE)))
    found = judge(list(ocpi_token_strength.CHECKS), facts, ["test"], lambda *_: None)
    assert len(found) == 2 * len(ocpi_token_strength.CHECKS)
    assert not any(GOOD[:8] in finding.message for finding in found)


def at_door(fact):
    return (DOOR, None, fact)


@pytest.mark.parametrize(
    "fact, outcome",
    [
        (NearMissesTried(valid=DATA, valid_after=DATA, tried=(TriedForm(form="x", answer=NO),)), Outcome.PASS),
        (NearMissesTried(valid=DATA, valid_after=NO, tried=(TriedForm(form="x", answer=NO),)), Outcome.INCONCLUSIVE),
        (NearMissesTried(valid=DATA, tried=(TriedForm(form="x", answer=NO),)), Outcome.INCONCLUSIVE),
        (NearMissesTried(valid=DATA, valid_after=NO, tried=(TriedForm(form="x", answer=DATA),)), Outcome.FAIL),
        (
            NearMissesTried(valid=DATA, valid_after=DATA, tried=(TriedForm(form="x", answer=ERROR),)),
            Outcome.INCONCLUSIVE,
        ),
        (
            NearMissesTried(valid=DATA, valid_after=DATA, tried=(TriedForm(form="x", answer=NO),), left_out=("y",)),
            Outcome.INCONCLUSIVE,
        ),
        (
            NearMissesTried(
                valid=DATA, valid_after=DATA, tried=(TriedForm(form="x", answer=DATA, allowed="RFC 9110"),)
            ),
            Outcome.PASS,
        ),
        (NearMissesTried(valid=NO), Outcome.NOT_APPLICABLE),
    ],
)
def test_a_refused_form_says_something_only_beside_a_token_that_is_served(fact, outcome):
    assert outcomes("ocpi-token-compared-whole", at_door(fact)) == {outcome}


def shared(**changes):
    tried = (TriedForm(form="no token", answer=NO), TriedForm(form="a made-up token", answer=NO))
    fact = ConnectionShared(valid=DATA, tried=tried, reused=True, second="b", second_got_its_own=True)
    return at_door(replace(fact, **changes))


@pytest.mark.parametrize(
    "changes, outcome",
    [
        ({}, Outcome.PASS),
        ({"second_got_its_own": False}, Outcome.FAIL),
        ({"reused": False}, Outcome.INCONCLUSIVE),
        ({"tried": (TriedForm(form="no token", answer=DATA),)}, Outcome.FAIL),
        (
            {
                "tried": (TriedForm(form="no token", answer=DATA),),
                "alone": (TriedForm(form="no token", answer=DATA),),
            },
            Outcome.NOT_APPLICABLE,
        ),
        ({"tried": (TriedForm(form="no token", answer=ERROR),)}, Outcome.INCONCLUSIVE),
        ({"valid": NO, "tried": ()}, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_connection_is_judged_by_what_went_over_it(changes, outcome):
    assert outcomes("ocpi-token-checked-on-every-request", shared(**changes)) == {outcome}


def times(**changes):
    fact = RefusalTimes(
        samples=24, unknown_s=0.010, near_s=0.010, p_value=0.6, superiority=0.5, spread_s=0.001, curl="curl x"
    )
    return at_door(replace(fact, **changes))


SLOWER = {"near_s": 0.020, "p_value": 1e-8, "superiority": 0.99}


@pytest.mark.parametrize(
    "changes, outcome",
    [
        ({}, Outcome.PASS),
        (SLOWER, Outcome.FAIL),
        ({**SLOWER, "near_s": 0.002, "superiority": 0.01}, Outcome.FAIL),
        ({**SLOWER, "samples": 6}, Outcome.INCONCLUSIVE),
        ({**SLOWER, "near_s": 0.0105}, Outcome.PASS),  # sure, and too little to be used over a network
        ({**SLOWER, "p_value": 0.02}, Outcome.PASS),
        ({"spread_s": 0.2}, Outcome.INCONCLUSIVE),
    ],
)
def test_times_are_told_apart_only_where_that_is_sure_and_large(changes, outcome):
    assert outcomes("ocpi-token-refusals-timed-alike", times(**changes)) == {outcome}


def wordings(**changes):
    fact = RefusalWordings(
        unknown=(PLAIN, PLAIN),
        near=(("one", PLAIN),),
        malformed=replace(PLAIN, http_status=400),
        open=False,
        curl="curl x",
    )
    return at_door(replace(fact, **changes))


@pytest.mark.parametrize(
    "changes, outcome",
    [
        ({}, Outcome.PASS),
        ({"near": (("one", replace(PLAIN, message="Wrong secret")),)}, Outcome.FAIL),
        ({"near": (("one", replace(PLAIN, headers=())),)}, Outcome.FAIL),
        ({"unknown": (PLAIN, replace(PLAIN, body_bytes=61))}, Outcome.INCONCLUSIVE),
        ({"open": True}, Outcome.NOT_APPLICABLE),
    ],
)
def test_words_are_compared_with_those_for_an_unknown_token(changes, outcome):
    assert outcomes("ocpi-token-refusals-worded-alike", wordings(**changes)) == {outcome}


def guessed(**changes):
    fact = GuessesTried(
        tried=100, of=130, opened=(), slowed_after=None, slowed_by=None, statuses=(401,), valid_after=DATA,
        banned=False, stopped=None, curl="curl x",
    )  # fmt: skip
    return at_door(replace(fact, **changes))


@pytest.mark.parametrize(
    "changes, outcome",
    [
        ({}, Outcome.FAIL),
        ({"tried": 99}, Outcome.NOT_TESTED),
        ({"tried": 99, "stopped": "max_refusals"}, Outcome.INCONCLUSIVE),
        ({"tried": 10, "slowed_after": 9, "slowed_by": "HTTP 429"}, Outcome.PASS),
        ({"tried": 10, "banned": True, "valid_after": NO}, Outcome.PASS),
    ],
)
def test_a_few_guesses_without_a_limit_show_nothing(changes, outcome):
    assert outcomes("ocpi-token-guessing-slowed", guessed(**changes)) == {outcome}


@pytest.mark.parametrize(
    "changes, outcome",
    [
        ({"tried": 10}, Outcome.PASS),
        ({"tried": 10, "unanswered": 1}, Outcome.PASS),
        ({"tried": 2, "unanswered": 2, "slowed_after": 0, "slowed_by": "no answer in time"}, Outcome.INCONCLUSIVE),
        ({"tried": 1, "stopped": "max_refusals"}, Outcome.INCONCLUSIVE),
        ({"tried": 1, "stopped": "max_refusals", "opened": ("a default",)}, Outcome.FAIL),
    ],
)
def test_guesses_that_were_not_answered_or_not_sent_are_no_refused_ones(changes, outcome):
    assert outcomes("ocpi-token-not-guessed", guessed(**changes)) == {outcome}


def test_a_replay_with_other_data_is_left_open():
    same = ReplayAnswered(first=DATA, second=DATA, same_data=True)
    assert outcomes("ocpi-token-replayed-read-harmless", at_door(same)) == {Outcome.PASS}
    other = replace(same, same_data=False)
    assert outcomes("ocpi-token-replayed-read-harmless", at_door(other)) == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.NOT_PERMITTED])
def test_what_could_not_be_seen_is_no_pass(reason):
    for check in (*ocpi_tokens.CHECKS, *ocpi_token_strength.CHECKS, *ocpi_token_attempts.CHECKS):
        facts = FactStore()
        key = FactKey(fact=check.looks_at.fact, subject=DOOR, witness=Witness.PROTOCOL)
        facts.record(Observation(key=key, result=Unavailable(reason=reason, detail="nothing")))
        (finding,) = judge([check], facts, ["test"], lambda *_: None)
        assert finding.outcome is (Outcome.NOT_TESTED if reason.was_chosen else Outcome.INCONCLUSIVE)
