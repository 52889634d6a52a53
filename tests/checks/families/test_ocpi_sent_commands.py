"""Commands that the platform sends: each fault is found by its check and no other, the hardened service is clean."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_sent_commands import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome, Verdict
from infra.service.faults import sent_commands
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.facts.ocpi.sent_commands import CommandSent, CommandsSent, ResultIds, ResultUrl
from scanner.model.party import Role
from scanner.model.subject import EndpointSubject
from scanner.model.witness import Witness
from scanner.ocpi.sent_commands.probe import SentCommandsProbe
from tests.scanner.gate_fixtures import FAST
from tests.targets.protocol_runs import checks_with
from tests.targets.sending_commands import (
    ALLOWED,
    findings_of,
    look,
    sending_service,
    sending_target,
    sent_command_findings,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "sent_commands.yaml").read_text())
# What none of them hides from the others is looked at together.
TOGETHER = (
    ("sent-command-overwritten", "sent-command-answered-late", "sent-command-counted"),
    ("sent-command-answered-by-anyone",),
    ("sent-command-answered-without-token",),
    ("sent-command-in-plaintext",),
)


def test_the_table_names_every_fault_and_every_check_has_one():
    named = {fault.name for fault in sent_commands.FAULTS}
    assert EXPECTED.keys() == named == {one for many in TOGETHER for one in many}
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}
    assert set(CHECKS) <= set(CATALOG)


def test_every_check_passes_on_the_hardened_service():
    found = sent_command_findings()
    assert {f.check for f in found} == {check.id for check in CHECKS}
    assert {f.outcome for f in found} == {Outcome.PASS}, [(f.check, f.message) for f in found]


@pytest.mark.parametrize("faults", TOGETHER, ids=lambda faults: faults[0])
def test_faults_turn_exactly_the_checks_of_the_table_red_with_evidence(faults):
    red = [f for f in sent_command_findings(faults) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == sorted(check for fault in faults for check in EXPECTED[fault])
    assert all(f.evidence and f.remediation and f.source for f in red)


def test_where_nothing_is_sent_to_a_url_without_tls_nothing_else_is_told():
    found = {f.check: f for f in sent_command_findings(("sent-command-in-plaintext",))}
    untold = [f for check, f in found.items() if check.removeprefix("ocpi-sent-command-").startswith("result")]
    assert len(untold) == 4
    assert {f.outcome for f in untold} == {Outcome.INCONCLUSIVE}
    assert all("without TLS" in f.message for f in untold)


def test_the_plan_says_what_the_operator_has_to_do_and_when(untouched):
    target = sending_target(untouched, count=2)
    registration, commands = SentCommandsProbe(after=()).plan(target)
    assert (registration.effect, commands.effect) == (Effect.REGISTRATION, Effect.ACTUATE)
    assert "SEND 2 COMMANDS FROM THE PLATFORM TO BE-GRN from" in commands.what
    assert commands.at_most == 6


@pytest.fixture(scope="module")
def untouched():
    """A service whose operator sends nothing."""
    with sending_service() as sending:
        yield sending


@pytest.mark.parametrize(
    "lack, word",
    [
        ({"mode": Mode.OBSERVE}, "mode exercise"),
        ({"allow": ALLOWED - {Effect.REGISTRATION}}, "registration"),
        ({"allow": ALLOWED - {Effect.ACTUATE}}, "actuate"),
        ({"partner_server": None}, "partner_server"),
        ({"commanded": None}, "`commanded`"),
        ({"role": Role.EMSP}, "CPO"),
        ({"disposable": False}, "disposable"),
        ({"unregister": True}, "`commanded`"),
    ],
)
def test_without_the_means_nobody_is_waited_for(tmp_path, untouched, lack, word):
    target = sending_target(untouched)
    first, *others = target.identities
    whole = {name: value for name, value in lack.items() if name in {"mode", "allow", "partner_server"}}
    own = {name: value for name, value in lack.items() if name not in whole}
    changed = replace(target, identities=(replace(first, **own), *others), **whole)
    found = findings_of(look(untouched, changed, tmp_path, operated=False))
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all(word in f.message for f in found)
    assert not [event for event in untouched.service.events if event["event"] == "handshake"]


def test_where_nobody_sends_a_command_all_is_inconclusive_and_says_who_was_waited_for(tmp_path, untouched):
    found = findings_of(look(untouched, sending_target(untouched), tmp_path, operated=False, patience_s=0.0))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("no command was sent to us" in f.message for f in found)


def test_nobody_is_waited_for_when_the_time_of_the_host_is_over(tmp_path):
    with sending_service() as silent:
        brief = replace(sending_target(silent), limits=replace(FAST, max_seconds=2.0))
        found = findings_of(look(silent, brief, tmp_path, operated=False, patience_s=3600.0))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("max_seconds" in f.message for f in found)


TAKEN = Asked(command="CANCEL_RESERVATION", took=Took.ACCEPTED)
REFUSED = replace(TAKEN, took=Took.REFUSED)
LOST = replace(TAKEN, took=Took.FAILED)
COMMAND = CommandSent(command="CANCEL_RESERVATION", url=ResultUrl.OWN, timeout_s=60)
FIRST = replace(COMMAND, rightly=TAKEN, again=REFUSED)
SECOND = replace(COMMAND, by_another=REFUSED, without_token=REFUSED, rightly=TAKEN)
THIRD = replace(COMMAND, timeout_s=5, late=REFUSED, late_after_s=30.0)
ALL = CommandsSent(
    wanted=3,
    sent=(FIRST, SECOND, THIRD),
    ids=ResultIds(seen=3, repeated=0, in_sequence=0, entropy_bits=128.0),
    another="other",
    another_answers=True,
)


def with_sent(*sent: CommandSent) -> CommandsSent:
    return replace(ALL, sent=sent)


CASES = {
    "result-once": {
        Outcome.FAIL: with_sent(replace(FIRST, again=TAKEN)),
        Outcome.INCONCLUSIVE: with_sent(replace(FIRST, rightly=REFUSED), SECOND),
    },
    "result-of-another": {
        Outcome.FAIL: with_sent(FIRST, replace(SECOND, by_another=TAKEN, rightly=REFUSED)),
        Outcome.INCONCLUSIVE: replace(ALL, another_answers=False),
        Outcome.NOT_TESTED: replace(ALL, another=None),
    },
    "result-needs-token": {
        Outcome.FAIL: with_sent(FIRST, replace(SECOND, without_token=TAKEN)),
        Outcome.INCONCLUSIVE: with_sent(FIRST, replace(SECOND, without_token=LOST)),
    },
    "result-in-time": {
        Outcome.FAIL: with_sent(FIRST, SECOND, replace(THIRD, late=TAKEN)),
        Outcome.INCONCLUSIVE: with_sent(FIRST, SECOND),
    },
    "ids-unguessable": {
        Outcome.FAIL: replace(ALL, ids=replace(ALL.ids, repeated=1)),
        Outcome.INCONCLUSIVE: replace(ALL, ids=replace(ALL.ids, seen=1)),
    },
    "url-over-tls": {
        Outcome.FAIL: with_sent(replace(COMMAND, url=ResultUrl.PLAINTEXT)),
        Outcome.INCONCLUSIVE: with_sent(replace(COMMAND, url=ResultUrl.ELSEWHERE)),
    },
}


def judged(name: str, fact: CommandsSent) -> list[Outcome]:
    return [verdict.outcome for verdict in verdicts(name, fact)]


def verdicts(name: str, fact: CommandsSent) -> list[Verdict]:
    check = next(check for check in CHECKS if check.id == f"ocpi-sent-command-{name}")
    subject = EndpointSubject(environment="test", endpoint="main")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    sighting = Sighting(fact=fact, subject=subject, witness=Witness.PROTOCOL, identity="us", evidence=(ref,))
    return list(check.judge(Case(subject=subject, drivers=(sighting,))))


def test_what_the_host_had_no_time_for_is_named_as_that():
    (verdict,) = verdicts("result-in-time", replace(with_sent(FIRST, SECOND, COMMAND), out_of_time=True))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "`max_seconds` of the host were over" in verdict.message


@pytest.mark.parametrize("name, outcome", [(name, outcome) for name, cases in CASES.items() for outcome in cases])
def test_what_was_not_seen_passes_nothing(name, outcome):
    assert judged(name, ALL) == [Outcome.PASS]
    assert judged(name, CASES[name][outcome]) == [outcome]


@pytest.mark.parametrize(
    "name, command, how, with_token",
    [
        ("result-once", FIRST, "again", True),
        ("result-in-time", THIRD, "late", True),
        ("result-of-another", SECOND, "by_another", True),
        ("result-needs-token", SECOND, "without_token", False),
    ],
)
def test_who_is_throttled_or_shows_a_token_that_has_ended_was_not_refused(name, command, how, with_token):
    def outcome(status):
        away = replace(TAKEN, took=Took.NOT_LET_IN, http_status=status)
        return judged(name, with_sent(*(replace(one, **{how: away}) if one is command else one for one in ALL.sent)))

    assert outcome(429) == [Outcome.INCONCLUSIVE]
    assert outcome(401) == [Outcome.INCONCLUSIVE if with_token else Outcome.PASS]
    assert outcome(403) == [Outcome.PASS]


def test_a_command_that_is_not_open_to_whom_it_went_shows_nothing_of_anybody_else():
    assert judged("result-of-another", with_sent(FIRST, replace(SECOND, rightly=REFUSED))) == [Outcome.INCONCLUSIVE]


def test_an_emsp_that_brings_a_result_shows_a_breach_and_never_a_pass():
    taken = replace(with_sent(FIRST, replace(SECOND, by_another=TAKEN)), another_answers=False)
    assert judged("result-of-another", taken) == [Outcome.FAIL]
    (verdict,) = verdicts("result-of-another", replace(ALL, another_answers=False))
    assert "name a second disposable CPO" in verdict.message


def test_what_became_of_a_second_result_that_was_not_refused_is_not_said_to_be_known():
    (verdict,) = verdicts("result-once", with_sent(replace(FIRST, again=TAKEN)))
    assert "threw it away" in verdict.message
    (verdict,) = verdicts("result-once", ALL)
    assert "threw it away" not in verdict.message


@pytest.mark.parametrize(
    "ids, outcome",
    [
        ({"entropy_bits": 64.0}, Outcome.PASS),
        ({"entropy_bits": 63.9}, Outcome.FAIL),
        ({"in_sequence": 1}, Outcome.FAIL),
        ({"repeated": 1, "seen": 1}, Outcome.FAIL),
    ],
)
def test_each_way_to_guess_an_id_is_a_fail_by_itself(ids, outcome):
    assert judged("ids-unguessable", replace(ALL, ids=replace(ALL.ids, **ids))) == [outcome]
