"""Findings of an edition for partners: those seen from outside, masked; of the others one a row, without anything."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from checks.model.finding import AppliedWaiver, Finding
from checks.model.verdict import NEEDS_EVIDENCE, Outcome, Population
from reports.model.mask import Mask
from scanner.model.evidence import EvidenceRef
from scanner.model.subject import (
    EndpointSubject,
    EnvironmentSubject,
    InterfaceSubject,
    PartySubject,
    ServerSubject,
    Subject,
)
from scanner.model.witness import Witness

WITHHELD: Final = "withheld"
OUTSIDE: Final = frozenset({Witness.TLS, Witness.PROTOCOL})
_PUBLIC_KINDS: Final = (EndpointSubject, InterfaceSubject, PartySubject, ServerSubject)
_VARIABLE: Final = re.compile(r"\$\{?[A-Za-z_]\w*\}?")
_Group = tuple[str, tuple[str, ...], Witness, Outcome]


def edited(findings: Iterable[Finding], mask: Mask) -> Mapping[str, Finding]:
    """The findings of the edition, each under the fingerprint of every finding that it stands for.

    What belongs to no row is left out. A finding whose subject or speaker is masked gets a number for a fingerprint:
    its own could be guessed from a list of names.
    """
    rows = [finding for finding in findings if finding.controls]
    outer = [finding for finding in rows if finding.witness in OUTSIDE and _is_public(finding.subject)]
    shown = {f.fingerprint: _masked(f, mask, number) for number, f in enumerate(outer, 1)}
    groups: dict[_Group, list[Finding]] = defaultdict(list)
    for finding in rows:
        if finding.fingerprint not in shown:
            groups[finding.environment, finding.controls, finding.witness, finding.outcome].append(finding)
    for number, group in enumerate(groups.values(), len(outer) + 1):
        shown.update(dict.fromkeys((finding.fingerprint for finding in group), _withheld(group, number)))
    return shown


def _is_public(subject: Subject) -> bool:
    """What anybody can see from outside; the class itself, because every kind is an environment's."""
    return isinstance(subject, _PUBLIC_KINDS) or type(subject) is EnvironmentSubject


def _number(number: int) -> str:
    return f"{number:016x}"


def _masked(finding: Finding, mask: Mask, number: int) -> Finding:
    subject = masked_subject(finding.subject, mask)
    identity = mask.name(finding.identity)
    same = subject == finding.subject and identity == finding.identity
    return Finding(  # field by field: whatever a finding learns to say next stays inside until somebody decides
        fingerprint=finding.fingerprint if same else _number(number),
        check=finding.check,
        title=finding.title,
        controls=finding.controls,
        outcome=finding.outcome,
        severity=finding.severity,
        witness=finding.witness,
        subject=subject,
        message=mask.text(finding.message),
        source=finding.source,
        evidence=tuple(replace(ref, path="", title=mask.text(ref.title)) for ref in finding.evidence),
        population=finding.population,
        field_path=mask.text(finding.field_path),
        identity=identity,
        reproduce=_command(finding.reproduce, mask),
        remediation=finding.remediation,
        claim=finding.claim,
        tool=finding.tool,
        waiver=_waiver(finding.waiver),
        by_writing=finding.by_writing,
    )


def masked_subject(subject: Subject, mask: Mask) -> Subject:
    """The subject with its names masked, and without the address where a name has several."""
    match subject:
        case ServerSubject():
            return replace(subject, host=mask.host(subject.host), address=None)
        case InterfaceSubject():
            return replace(subject, endpoint=mask.name(subject.endpoint) or "", party=mask.name(subject.party))
        case EndpointSubject():
            return replace(subject, endpoint=mask.name(subject.endpoint) or "")
        case PartySubject():
            party = mask.name(f"{subject.country_code}-{subject.party_id}") or ""
            return replace(subject, country_code="", party_id=party)
        case _:
            return subject


def _command(command: str | None, mask: Mask) -> str | None:
    """A command that names nothing internal, else none: half of one is of no use. A variable loses its name."""
    plain = _VARIABLE.sub("$TOKEN", command or "")
    return plain if plain and mask.text(plain) == plain else None


def _waiver(waiver: AppliedWaiver | None) -> AppliedWaiver | None:
    """That an exception stands and until when; by whom, why and where it is written stays inside."""
    return waiver and replace(waiver, owner=WITHHELD, reason=WITHHELD, place="")


def _withheld(group: list[Finding], number: int) -> Finding:
    """One finding for all of a row, a witness and an outcome that are internal."""
    first = group[0]
    hashes = sorted({ref.sha256 for finding in group for ref in finding.evidence})
    return Finding(
        fingerprint=_number(number),
        check=f"{WITHHELD}-{first.witness}",
        title=f"What the witness {first.witness} saw is internal",
        controls=first.controls,
        outcome=first.outcome,
        severity=max((finding.severity for finding in group), key=lambda severity: severity.rank),
        witness=first.witness,
        subject=EnvironmentSubject(environment=first.environment),
        message="subject, text and evidence are left out of the edition for partners",
        source="the operator's own edition",
        evidence=(_bound(hashes),) if first.outcome in NEEDS_EVIDENCE else (),
        population=Population(examined=len(group), unit="finding"),
        field_path=f"{number}",
        remediation="Ask the operator what is being done.",
        waiver=_earliest(group),
    )


def _bound(hashes: Iterable[str]) -> EvidenceRef:
    """Names artefacts without showing them: the operator can show later that these were meant, and no others."""
    digest = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    title = "SHA-256 over the sorted SHA-256 of the artefacts that were left out, a line each"
    return EvidenceRef(id=f"ev-{digest[:16]}", sha256=digest, path="", title=title)


def _earliest(group: Iterable[Finding]) -> AppliedWaiver | None:
    """The waiver that ends first speaks for all."""
    waivers = sorted((f.waiver for f in group if f.waiver), key=lambda waiver: (waiver.until, waiver.kind))
    return _waiver(waivers[0]) if waivers else None
