"""What has to be shown of a partner before it goes live, each with what was seen or what is missing."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, Posture
from reports.pack.onboarding import Part
from scanner.cli.opened_gate import opened_gate
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.intent import HttpIntent
from scanner.model.severity import Severity
from scanner.model.target import Endpoint
from scanner.model.witness import Witness

WELL_KNOWN: Final = "/.well-known/ocpi-posture"
_HANDSHAKE: Final = "OCPI-AUT-01"
_OLDEST: Final = timedelta(days=30)
_OK: Final = 200
_MOST: Final = 4096  # bytes of an answer


def ownership(configuration: Configuration, challenge: str | None, folder: Path, talk: Talk) -> Part:
    """Whoever can put our text on the server of each endpoint, under its verified certificate, runs it."""
    if challenge is None:
        return Part(name="ownership", held=False, said="no challenge was made: run it with --challenge first")
    answers = asyncio.run(_answers(configuration, folder, talk))
    if not answers:
        return Part(name="ownership", held=False, said="the environment has no endpoint")
    wrong = [f"{url}: {said}" for url, said in answers.items() if said != challenge]
    if wrong:
        return Part(name="ownership", held=False, said=f"the challenge is not there: {'; '.join(wrong)[:400]}")
    return Part(name="ownership", held=True, said=f"the challenge stood at {', '.join(sorted(answers))}")


async def _answers(configuration: Configuration, folder: Path, talk: Talk) -> Mapping[str, str]:
    """What each endpoint's server answers, or why it does not; asked without any token, over verified TLS only."""
    (target,) = configuration.targets
    async with opened_gate(configuration, {}, talk.redactor, folder) as gate:
        found = {}
        for endpoint in target.endpoints:
            url = f"{str(endpoint.origin).removesuffix(':443')}{WELL_KNOWN}"
            found[url] = _text_of(await gate.http(_ask(target.name, url)), endpoint)
        return found


def _ask(environment: str, url: str) -> HttpIntent:
    return HttpIntent(
        probe="onboarding",
        effect=Effect.READ,
        environment=environment,
        purpose="is the challenge there",
        method="GET",
        url=url,
        max_body_bytes=_MOST,
    )


def _text_of(answer: object, endpoint: Endpoint) -> str:
    if endpoint.origin.scheme != "https":
        return "it is not asked over TLS, so nobody knows who answers"
    if not isinstance(answer, Exchange):
        return str(getattr(answer, "detail", answer))
    if answer.status != _OK:
        return f"it answers {answer.status}"
    return answer.body.decode("ascii", errors="replace").strip()


def credentials(posture: Posture, environment: str) -> Part:
    """The credentials handshake was seen in the run: all that the wire can show of it, whatever the profile asks."""
    row = next((c for c in posture.controls if c.id == _HANDSHAKE and c.environment == environment), None)
    said = dict(row.witnesses).get(Witness.PROTOCOL) if row else None
    if said is ControlStatus.PASS and row and _untried(posture, row):
        said = ControlStatus.PARTIAL
    held = said is ControlStatus.PASS
    words = "the run saw the credentials handshake" if held else f"{_HANDSHAKE} is {said or 'not there'} in the run"
    return Part(name="credentials", held=held, said=words)


def _untried(posture: Posture, row: ControlPosture) -> bool:
    own = (f for f in posture.findings if f.fingerprint in row.findings and f.witness is Witness.PROTOCOL)
    return any(finding.outcome is Outcome.NOT_TESTED for finding in own)


def tested(posture: Posture, environment: str, fail_on: Severity, now: datetime) -> Part:
    """A whole, recent run of this environment without an open fail."""
    why = _run_problem(posture, environment, fail_on, now)
    words = f"run {posture.run.id} has no open fail from {fail_on} up"
    return Part(name="test run", held=why is None, said=why or words)


def _run_problem(posture: Posture, environment: str, fail_on: Severity, now: datetime) -> str | None:
    if environment not in posture.run.environments:
        return f"run {posture.run.id} is not about {environment}"
    if posture.run.narrowed:
        return f"run {posture.run.id} was narrowed by {', '.join(posture.run.narrowed)}"
    if not timedelta() <= now - posture.run.finished_at.astimezone(UTC) <= _OLDEST:
        return (
            f"run {posture.run.id} ended on {posture.run.finished_at.date()}, not within the last {_OLDEST.days} days"
        )
    mine = [f for f in posture.findings if f.environment == environment]
    fails = {f.check for f in mine if f.outcome is Outcome.FAIL and f.severity.rank >= fail_on.rank}
    if fails:
        return f"run {posture.run.id} has open fails: {', '.join(sorted(fails))[:400]}"
    if not any(f.outcome is Outcome.PASS and f.witness is Witness.PROTOCOL for f in mine):
        return f"run {posture.run.id} saw nothing of the protocol"
    return None


def contact(text: str | None) -> Part:
    """Somebody at the partner answers for security."""
    return Part(name="contact", held=bool(text), said=text or "no security contact was named: --contact")


def requirements(file: Path | None, accepted_by: str | None) -> tuple[Part, str | None]:
    """The security requirements, as the partner accepted them, and their SHA-256.

    Raises: OSError where the file cannot be read.
    """
    if file is None or not accepted_by:
        said = "nobody's acceptance of the security requirements was given: --requirements and --accepted-by"
        return Part(name="requirements", held=False, said=said), None
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    return Part(name="requirements", held=True, said=f"{accepted_by} accepted {file.name}, SHA-256 {sha256}"), sha256
