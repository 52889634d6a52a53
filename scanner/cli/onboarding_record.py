"""A partner's way in as a signed record, and as the attestation of its row; and the record read again."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml

from checks.checklist.loader import checklist
from reports.pack.keys import UnusableKey, public_keys
from reports.pack.onboarding import Incomplete, OnboardingRecord, Part, read_record, signed_record
from scanner.cli.evidence_keys import SigningKey, refusals_said, signers_of
from scanner.cli.exit_code import ExitCode
from scanner.cli.output import emit_safe
from scanner.cli.run_folder import write_whole
from scanner.errors import UsageError

_ROW: Final = "OCPI-OPS-01"
_ITEM: Final = "onboarding-record"


def sign(record: OnboardingRecord, files: list[tuple[str, str]], asked: SigningKey, folder: Path) -> int:
    """Write record and attestation into the folder; an admission with something missing is not signed.

    Raises: UsageError if no key is named, or it cannot be used.
    """
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


def verify(partner: str, file: Path, public_key: Path | None) -> int:
    """Say whether a record is signed by that key, about that partner, and holds today.

    Raises: UsageError if no key is named, or it cannot be used.
    """
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
