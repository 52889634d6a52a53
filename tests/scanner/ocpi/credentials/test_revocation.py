"""An operator revokes a token while a scan watches: the time to the first refusal, and what shows nothing."""

import asyncio
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from checks.families import ocpi_revocation
from checks.model.verdict import Outcome
from infra.service.deployment.folder import prepare
from infra.service.faults.backends import Fails, behind
from infra.service.store import Kind
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.credentials import TokenAfterRevocation
from scanner.model.observation import Seen, Unavailable
from scanner.model.target import TokenPolicy
from scanner.ocpi.credentials.revocation import RevocationProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.busy_machine import seen_in_time
from tests.targets.judged import findings_from
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import running_service

EXPECTED = yaml.safe_load((Path(__file__).parents[3] / "expected_findings" / "revocation.yaml").read_text())
REVOKED = "emsp-a"
BEFORE_S = 4.0  # more than the control takes on a quiet machine; looked at again with twice that


def revoke(database: Path):
    """As an operator does: behind the back of the running service."""
    with sqlite3.connect(database, timeout=10) as connection:
        changed = connection.execute("UPDATE registrations SET token_hash = NULL WHERE partner_id = ?", (REVOKED,))
        assert changed.rowcount == 1


def watched(folder, *faults, doors=4, **how):
    """What is seen of a token at so many doors or more, which it has to have opened before it was revoked."""
    return seen_in_time(
        lambda attempt: watched_once(folder / str(attempt), *faults, revoked_in_s=BEFORE_S * 2 ** (attempt - 1), **how),
        lambda facts: len(facts.of(TokenAfterRevocation)) >= doors,
    )


def watched_once(folder, *faults, revoked_in_s, acts_after_s=0.0, allowed_s=0.6, backend=None):
    """The facts of a scan to which somebody says that the token is revoked so many seconds from now."""
    folder.mkdir()
    deployment = prepare(folder / "deployment")
    with running_service(faults, folder=deployment, versions=("2.2.1",), store="sqlite", backend=backend) as service:
        at = datetime.now(UTC) + timedelta(seconds=revoked_in_s)
        target = target_of(service)
        identities = tuple(replace(i, revoked_at=at if i.name == REVOKED else None) for i in target.identities)
        target = replace(
            target, identities=identities, token_policy=TokenPolicy(overlap_s=0.5, revoked_within_s=allowed_s)
        )

        async def run():
            tokens = {i.name: service.tokens[i.name] for i in identities}
            async with open_gate(target, folder, tokens=tokens) as opened:
                return await opened.run(DiscoveryProbe(), RevocationProbe(after=()))

        operator = threading.Timer(revoked_in_s + acts_after_s, revoke, (deployment.root / "store.sqlite",))
        operator.start()
        try:
            return asyncio.run(run())
        finally:
            operator.join()


def verdicts(facts):
    return findings_from(ocpi_revocation.CHECKS, facts)


def test_the_time_to_the_first_refusal_is_measured_at_every_door(tmp_path):
    facts = watched(tmp_path, acts_after_s=0.2, allowed_s=4.0)
    found = verdicts(facts)
    assert {f.outcome for f in found} == {Outcome.PASS}
    assert len(found) > 3
    (first, *_) = [o.result.fact for o in facts.of(TokenAfterRevocation) if isinstance(o.result, Seen)]
    assert first.at[0].series[0].after_s < 4.0


def test_a_door_that_tells_nothing_before_is_not_counted_among_those_that_refuse_afterwards(tmp_path):
    facts = watched(tmp_path, allowed_s=4.0, backend=behind({Kind.CDRS: Fails()}))
    found = verdicts(facts)
    (untold,) = [f for f in found if f.outcome is Outcome.INCONCLUSIVE]
    assert "cdrs" in untold.message
    assert "with the present token was" in untold.message
    assert {f.outcome for f in found if f is not untold} == {Outcome.PASS}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red(tmp_path, fault):
    found = verdicts(watched(tmp_path, fault))
    assert {f.check for f in found if f.outcome is Outcome.FAIL} == set(EXPECTED[fault])
    assert all(f.identity == REVOKED for f in found)


def unwatchable(folder, *, revoked_in_s, max_seconds=3600.0, identities=1):
    """What is said of tokens that are not revoked, and might be watched for an hour."""
    folder.mkdir(exist_ok=True)
    with running_service(folder=prepare(folder / "deployment"), versions=("2.2.1",)) as service:
        target = target_of(service)
        at = datetime.now(UTC) + timedelta(seconds=revoked_in_s)
        target = replace(
            target,
            identities=tuple(replace(i, revoked_at=at) for i in target.identities[:identities]),
            limits=replace(target.limits, max_seconds=max_seconds),
            token_policy=TokenPolicy(overlap_s=0.5, revoked_within_s=3600.0),
        )

        async def run():
            tokens = {i.name: service.tokens[i.name] for i in target.identities}
            async with open_gate(target, folder, tokens=tokens) as gate:
                return await gate.run(DiscoveryProbe(), RevocationProbe(after=()))

        facts = asyncio.run(run())
    results = [o.result for o in facts.of(TokenAfterRevocation)]
    assert results
    assert all(isinstance(result, Unavailable) for result in results)
    assert {f.outcome for f in verdicts(facts)} == {Outcome.INCONCLUSIVE}
    return [result.detail for result in results]


@pytest.mark.parametrize(
    "seconds, bound_s, said",
    [
        (-5.0, 3600.0, "was not seen to work"),
        (3600.0, 3600.0, "minutes away"),
        (300.0, 200.0, "`max_seconds` of the host are over"),
    ],
)
def test_a_time_that_cannot_be_watched_shows_nothing(tmp_path, seconds, bound_s, said):
    details = unwatchable(tmp_path, revoked_in_s=seconds, max_seconds=bound_s, identities=2)
    assert all(said in detail for detail in details)


def test_a_watch_ends_with_the_time_of_the_host_and_says_so_at_every_door(tmp_path):
    def cut_off(attempt):
        seconds = 2.0**attempt
        return unwatchable(tmp_path / str(attempt), revoked_in_s=seconds, max_seconds=seconds + 2.0)

    details = seen_in_time(cut_off, lambda said: len(said) > 1)  # doors that the token was seen to open
    assert all("(max_seconds)" in detail for detail in details)


def test_preflight_tells_the_operator_when_and_nothing_is_sent_but_reads(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        target = target_of(service)
    at = datetime(2027, 1, 11, 20, 30, tzinfo=UTC)
    target = replace(target, identities=tuple(replace(i, revoked_at=at) for i in target.identities[:1]))
    (line,) = RevocationProbe(after=()).plan(target)
    assert "REVOKE THE TOKEN of emsp-a" in line.what
    assert "2027-01-11 20:30:00 UTC" in line.what
    assert line.effect is Effect.READ
