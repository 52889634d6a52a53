"""The edition for partners: the posture without what is internal, and without the names of others.

Every row keeps its status, and score and coverage stay: an edition may say less, never something else. What was seen
from outside (TLS and OCPI witnesses) stays, with names and places masked. What only insiders can see (declared and
live clouds, records, logs, attestations) is told per row as one finding without subject, text or file; the hash over
what it rests on binds the operator to it. History stays inside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.mask import Mask
from reports.model.partner_findings import OUTSIDE, WITHHELD, edited
from reports.model.partner_names import mask_of
from reports.model.posture import (
    Audience,
    ControlPosture,
    Disagreement,
    NotLookedAt,
    Posture,
    RunInfo,
    Summary,
    WitnessStatement,
)
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.witness import Witness


def partner_edition(posture: Posture) -> Posture:
    """The posture as a partner may read it; the same posture gives the same edition."""
    mask = mask_of(posture)
    shown = edited(posture.findings, mask)
    each_once = {finding.fingerprint: finding for finding in shown.values()}
    findings = tuple(sorted(each_once.values(), key=Finding.sort_key))
    return Posture(  # field by field: what a posture learns to hold next stays inside until somebody decides
        tool=posture.tool,
        layers=posture.layers,
        run=_run(posture.run, mask),
        summary=_summary(posture.summary, findings),
        controls=tuple(_control(control, shown) for control in posture.controls),
        findings=findings,
        disagreements=tuple(_disagreement(each, shown, mask) for each in posture.disagreements),
        not_looked_at=tuple(_gaps(posture.not_looked_at, mask)),
        access=tuple(
            replace(
                entry,
                endpoint=mask.name(entry.endpoint) or "",
                identity=mask.name(entry.identity) or "",
                said=mask.text(entry.said),
            )
            for entry in posture.access
        ),
        audience=Audience.PARTNER,
    )


def _run(run: RunInfo, mask: Mask) -> RunInfo:
    return RunInfo(
        id=run.id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        mode=run.mode,
        config_sha256=run.config_sha256,
        profile=run.profile,
        environments=run.environments,
        requests_sent=run.requests_sent,
        versions=run.versions,
        digests=run.digests,
        redacted=run.redacted,
        left_behind=tuple(_leftover(leftover, mask) for leftover in run.left_behind),
        narrowed=mask.texts(run.narrowed),
    )


def _leftover(leftover: Leftover, mask: Mask) -> Leftover:
    """What it is and whether it can be taken back; with which request stays inside."""
    return replace(
        leftover,
        what=mask.text(leftover.what),
        identity=mask.name(leftover.identity),
        owner=mask.name(leftover.owner),
        undo_url="" if leftover.undo_url is not None else None,
        undo_body=None,
        session_list=None,
        session_mark=None,
        evse=None,
    )


def _summary(summary: Summary, findings: Iterable[Finding]) -> Summary:
    """Rows as they are; findings as this edition has them."""
    outcomes = Counter(finding.outcome for finding in findings)
    return replace(summary, findings={outcome: outcomes[outcome] for outcome in Outcome})


def _known(fingerprints: Iterable[str], shown: Mapping[str, Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown[one].fingerprint for one in fingerprints if one in shown))


def _control(control: ControlPosture, shown: Mapping[str, Finding]) -> ControlPosture:
    return replace(control, findings=_known(control.findings, shown))


def _disagreement(disagreement: Disagreement, shown: Mapping[str, Finding], mask: Mask) -> Disagreement:
    return replace(
        disagreement, statements=tuple(_statement(statement, shown, mask) for statement in disagreement.statements)
    )


def _statement(statement: WitnessStatement, shown: Mapping[str, Finding], mask: Mask) -> WitnessStatement:
    message = mask.text(statement.message) if statement.witness in OUTSIDE else WITHHELD
    return replace(statement, message=message, findings=_known(statement.findings, shown))


def _gaps(entries: Iterable[NotLookedAt], mask: Mask) -> Iterator[NotLookedAt]:
    """What was not seen from outside, masked; of the rest how much, and for what kind of reason."""
    inner: dict[tuple[str, Witness, Reason], int] = defaultdict(int)
    for entry in entries:
        if entry.witness in OUTSIDE:
            yield replace(entry, detail=mask.text(entry.detail), subjects=mask.texts(entry.subjects))
        else:
            inner[entry.environment, entry.witness, entry.reason] += entry.count
    for (environment, witness, reason), count in inner.items():
        yield NotLookedAt(
            environment=environment,
            witness=witness,
            fact=WITHHELD,
            reason=reason,
            detail="left out of the edition for partners",
            count=count,
            subjects=(),
        )
