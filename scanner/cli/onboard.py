"""`ocpi-posture onboard`: a partner's way in, as one signed record."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import rich_click as click
import yaml

from checks.checklist.loader import checklist
from reports.pack.keys import UnusableKey, public_keys
from reports.pack.onboarding import Decision, Incomplete, OnboardingRecord, Part, read_record, signed_record
from reports.read import FILE_NAME, UnreadablePosture, read_posture
from reports.wire import ToolDocument
from scanner.cli.evidence_keys import SigningKey, refusals_said, signers_of, signing
from scanner.cli.exit_code import ExitCode
from scanner.cli.judging import NAME, tool_version
from scanner.cli.onboarding_parts import WELL_KNOWN, contact, credentials, ownership, requirements, tested
from scanner.cli.options import config_file, talking, words
from scanner.cli.output import emit, emit_safe
from scanner.cli.run_folder import cannot_write, find_run, write_whole
from scanner.cli.scan_lock import Owner, only_scan
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.severity import Severity

F = TypeVar("F", bound=Callable[..., Any])

_ROW: Final = "OCPI-OPS-01"
_ITEM: Final = "onboarding-record"
_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the options say about the decision."""

    outcome: str
    by: str
    function: str
    until: date


def _decision(function: F) -> F:
    options = (
        click.option("--run", metavar="RUN", help="The scan of the partner's test endpoint."),
        click.option("--requirements", "demanded", type=_FILE, help="The security requirements, as accepted."),
        click.option("--accepted-by", metavar="NAME", help="Who accepted them for the partner."),
        click.option("--contact", "named", metavar="TEXT", help="Who answers for security there, and how to reach it."),
        click.option("--decision", "outcome", type=click.Choice(["admit", "refuse"]), help="What was decided."),
        click.option("--decided-by", "by", metavar="NAME", help="Who decided."),
        click.option("--function", "function_", metavar="TEXT", help="In which function."),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of it."),
        click.option("--fail-on", type=click.Choice(words(Severity)), default="high", show_default=True,
                     help="A fail from here on keeps the partner out."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@click.argument("partner")
@config_file
@click.option("-e", "--env", "environment", required=True, metavar="NAME", help="The partner's test environment.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("onboarding"),
    show_default=True,
    help="Where challenge, record and its attestation are kept.",
)
@click.option("--challenge", is_flag=True, help="Make a text that the partner puts on its server, and end.")
@click.option("--verify", "record", type=_FILE, help="Verify this record with --public-key, and end; nothing is sent.")
@_decision
@signing
@talking
@click.pass_obj
def onboard(  # noqa: PLR0917 - click hands every option over as an argument
    talk: Talk,
    partner: str,
    config: Path,
    environment: str,
    folder: Path,
    challenge: bool,
    record: Path | None,
    run: str | None,
    demanded: Path | None,
    accepted_by: str | None,
    named: str | None,
    outcome: str | None,
    by: str | None,
    function_: str | None,
    until: datetime | None,
    fail_on: str,
    key: str | None,
    new_key: Path | None,
    public_key: Path | None,
    passphrase: str | None,
) -> int:
    """Admit a roaming partner, or refuse it, by one signed record; an admission with something missing is not signed.

    Exit codes: 0 done; 1 a record that does not verify; 3 something required is missing, by name.

    Example: ocpi-posture onboard north -e test --challenge

    Example: ocpi-posture onboard north -e test --run posture/RUN-ID --requirements rules.pdf --accepted-by "A. Partner"
    --contact "duty officer" --decision admit --decided-by "Ada Example" --function "head of roaming"
    --until 2027-06-30 --key posture.pem
    """
    if record is not None:
        return _verify(partner, record, public_key)
    configuration = load_configuration(config, with_files=True).only([environment])
    party = _party_of(partner, configuration)
    if challenge:
        return _make_challenge(partner, configuration, folder)
    decided = _decided(outcome, by, function_, until)
    if run is None:
        raise UsageError("--run is missing.", "Scan the partner's test endpoint first: ocpi-posture scan -e NAME.")
    document, content = _posture(run)
    folder.mkdir(parents=True, exist_ok=True)
    accepted, sha256 = requirements(demanded, accepted_by)
    now = datetime.now(UTC)
    with only_scan(configuration, Owner(run=f"onboarding of {partner}", folder=folder), talk):
        owned = ownership(configuration, _kept_challenge(folder, partner), folder, talk)
    parts = (
        owned,
        credentials(document, environment),
        tested(document, environment, Severity(fail_on), now),
        contact(named),
        accepted,
    )
    digest = hashlib.sha256(content).hexdigest()
    made = OnboardingRecord(
        partner=partner,
        party=party,
        environment=environment,
        run=document.run.id,
        posture_sha256=digest,
        parts=parts,
        contact=named or "",
        decision=Decision(
            outcome=_word(decided), by=decided.by, function=decided.function, at=now, until=decided.until
        ),
        made_by=ToolDocument(name=NAME, version=tool_version()),
    )
    files = [(FILE_NAME, digest), *([(demanded.name, sha256)] if demanded and sha256 else [])]
    asked = SigningKey(key=key, new_key=new_key, public_key=public_key, passphrase=passphrase)
    return _signed(made, files, asked, folder)


def _party_of(partner: str, configuration: Configuration) -> str:
    (target,) = configuration.targets
    known = {contract.partner: contract.party for contract in target.contracts}
    if partner not in known:
        near = suggestion(partner, known)
        raise UsageError(f"No partner is called {partner!r}{near}.", "Partners stand under `partners` in the file.")
    return f"{known[partner].country_code}-{known[partner].party_id}"


def _make_challenge(partner: str, configuration: Configuration, folder: Path) -> int:
    text = f"ocpi-posture-{secrets.token_urlsafe(24)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{partner}.challenge", text.encode())
    except OSError as error:
        raise cannot_write(folder, error) from None
    (target,) = configuration.targets
    places = ", ".join(f"{str(endpoint.origin).removesuffix(':443')}{WELL_KNOWN}" for endpoint in target.endpoints)
    emit(f"{text}\nThe partner lets its server answer this text, alone, at {places}")
    return ExitCode.CLEAN


def _kept_challenge(folder: Path, partner: str) -> str | None:
    try:
        return (folder / f"{partner}.challenge").read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _decided(outcome: str | None, by: str | None, function: str | None, until: datetime | None) -> _Decided:
    for option, value in (("--decision", outcome), ("--decided-by", by), ("--function", function), ("--until", until)):
        if not value:
            raise UsageError(f"{option} is missing: a record says what was decided, by whom, until when.")
    if until is None or until.date() < datetime.now(UTC).date():
        raise UsageError("--until lies in the past.")
    return _Decided(outcome=str(outcome), by=str(by), function=str(function), until=until.date())


def _word(decided: _Decided) -> Any:  # noqa: ANN401 - click has held it against the two words
    return decided.outcome


def _posture(run: str) -> tuple[Any, bytes]:
    file = find_run(run) / FILE_NAME
    try:
        content = file.read_bytes()
        return read_posture(content, str(file)), content
    except (OSError, UnreadablePosture) as error:
        raise UsageError(f"{file} cannot be used: {error}") from None


def _signed(record: OnboardingRecord, files: list[tuple[str, str]], asked: SigningKey, folder: Path) -> int:
    emit_safe("\n".join(_line(part) for part in record.parts))
    if record.decision.outcome == "admit" and record.missing:
        emit_safe(f"Not signed: {', '.join(part.name for part in record.missing)} missing.")
        return ExitCode.INCONCLUSIVE
    if not (asked.key or asked.new_key):
        raise UsageError("Name who signs with --key or --new-key.")
    try:
        with refusals_said(asked.key):
            content = signed_record(record, files, signers_of(asked))
    except Incomplete as incomplete:
        raise UsageError(f"Not signed: {incomplete}.") from None
    name = f"{record.partner}.onboarding.json"
    write_whole(folder / name, content)
    write_whole(folder / f"{_ROW}-{record.partner}.yaml", _attestation(record, name, content))
    emit_safe(f"{folder / name}: {record.decision.outcome}, signed")
    return ExitCode.CLEAN


def _line(part: Part) -> str:
    return f"{'shown  ' if part.held else 'missing'}  {part.name}: {part.said}"


def _attestation(record: OnboardingRecord, name: str, content: bytes) -> bytes:
    """The form of the row, filled in: a scan with this folder among its attestations counts it."""
    asked = checklist().control(_ROW).attested(_ITEM)
    decided = record.decision
    said = {"decided_by": f"{decided.by} ({decided.function})", "security_contact": record.contact}
    document = {
        "control": _ROW,
        "item": _ITEM,
        "partner": record.partner,
        "statement": f"{record.partner} ({record.party}): {decided.outcome}",
        "holds": decided.outcome == "admit",
        "owner": decided.by,
        "role": decided.function,
        "date": decided.at.date().isoformat(),
        "expires": decided.until.isoformat(),
        "contains": {part: said[part] or "nobody" for part in asked.contains},
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()


def _verify(partner: str, file: Path, public_key: Path | None) -> int:
    if public_key is None:
        raise UsageError("--public-key is missing: it says who must have signed.")
    try:
        ways = public_keys(public_key.read_bytes())
        statement, signer = read_record(file.read_bytes(), ways)
    except UnusableKey as error:
        raise UsageError(f"--public-key: {error}.") from None
    except (ValueError, OSError) as error:
        emit_safe(f"{file} does not hold: {error}")
        return ExitCode.FAILED
    record = statement.predicate
    problem = _problem(record, partner, signer)
    emit_safe("\n".join(_line(part) for part in record.parts))
    emit_safe(problem or f"{file}: {record.decision.outcome} by {record.decision.by}, until {record.decision.until}")
    return ExitCode.FAILED if problem else ExitCode.CLEAN


def _problem(record: OnboardingRecord, partner: str, signer: str | None) -> str:
    if signer is None:
        return "It is not signed by that key."
    if record.partner != partner:
        return f"It is about {record.partner}."
    if record.decision.outcome == "admit" and record.missing:
        return f"It admits although something is missing: {', '.join(part.name for part in record.missing)}."
    if record.decision.until < datetime.now(UTC).date():
        return f"It held until {record.decision.until}."
    return ""
