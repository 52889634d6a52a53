"""posture.json back into a Posture, for rendering again, for waivers and for comparing runs."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checks.model.control import Layer
from checks.model.finding import AppliedWaiver, Finding
from checks.model.verdict import Population
from reports.model.access import AccessEntry
from reports.model.fold import summarise
from reports.model.posture import (
    ControlPosture,
    Disagreement,
    NotLookedAt,
    Posture,
    RunInfo,
    Summary,
    ToolInfo,
    WitnessStatement,
)
from reports.schema_version import SCHEMA_VERSION
from reports.text import one_line
from reports.trend_document import trend_of
from reports.wire.control import ControlDocument
from reports.wire.finding import FindingDocument, SubjectDocument
from reports.wire.posture import PostureDocument
from reports.wire.run import RunDocument
from scanner.model.codec import subject_from_json
from scanner.model.evidence import EvidenceRef
from scanner.model.leftover import Leftover
from scanner.model.subject import SUBJECT_TYPES, Subject
from scanner.model.tool_verdict import SourcePosition

FILE_NAME = "posture.json"


class UnreadablePosture(ValueError):
    """The file is no posture.json that this version can read; the text says what is wrong and what to do."""


def _run(run: RunDocument) -> RunInfo:
    return RunInfo(
        id=run.id,
        started_at=run.started_at.astimezone(UTC),
        finished_at=run.finished_at.astimezone(UTC),
        mode=run.mode,
        config_sha256=run.config_sha256,
        profile=run.profile,
        environments=run.environments,
        requests_sent=run.requests_sent,
        left_behind=tuple(Leftover(**leftover.model_dump()) for leftover in run.left_behind),
        versions=tuple(run.versions.items()),
        narrowed=run.narrowed,
        digests=tuple(run.digests.items()),
        redacted=tuple(run.redacted.items()),
        catalogue=run.catalogue,
    )


def _control(control: ControlDocument) -> ControlPosture:
    fields: dict[str, Any] = dict(control)
    pairs = {"witnesses": tuple(control.witnesses.items()), "frameworks": tuple(control.frameworks.items())}
    return ControlPosture(**{**fields, **pairs})


def _subject(subject: SubjectDocument) -> Subject:
    if subject.kind not in {kind.kind for kind in SUBJECT_TYPES}:
        raise ValueError(f"no such kind of subject: {subject.kind}")
    return subject_from_json({name: value for name, value in subject.model_dump().items() if name != "label"})


def _finding(finding: FindingDocument) -> Finding:
    replaced = {
        "subject": _subject(finding.subject),
        "population": Population(**finding.population.model_dump()),
        "evidence": tuple(EvidenceRef(**ref.model_dump()) for ref in finding.evidence),
        "waiver": AppliedWaiver(**finding.waiver.model_dump()) if finding.waiver else None,
        "position": SourcePosition(**finding.position.model_dump()) if finding.position else None,
    }
    fields: dict[str, Any] = {**dict(finding), **replaced}
    del fields["environment"]  # the subject's
    return Finding(**fields)


def _posture(document: PostureDocument) -> Posture:
    return Posture(
        tool=ToolInfo(**document.tool.model_dump()),
        run=_run(document.run),
        summary=Summary(**dict(document.summary)),
        layers=tuple(Layer(**layer.model_dump()) for layer in document.layers),
        controls=tuple(_control(control) for control in document.controls),
        findings=tuple(_finding(finding) for finding in document.findings),
        disagreements=tuple(
            Disagreement(**{**dict(each), "statements": tuple(WitnessStatement(**dict(s)) for s in each.statements)})
            for each in document.disagreements
        ),
        not_looked_at=tuple(NotLookedAt(**dict(entry)) for entry in document.not_looked_at),
        access=tuple(AccessEntry(**dict(entry)) for entry in document.access),
        audience=document.audience,
        trend=trend_of(document.trend) if document.trend else None,
    )


def _require_known_version(document: object, name: str) -> None:
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version is None:
        raise UnreadablePosture(f"{name} has no schema_version, so it is no {FILE_NAME} of ocpi-posture")
    if version != SCHEMA_VERSION:
        raise UnreadablePosture(
            f"{name} has schema version {str(version)[:40]!r}; this ocpi-posture reads version {SCHEMA_VERSION!r}. "
            "Read it with the ocpi-posture that wrote it, or a newer one"
        )


def _writer(document: dict[str, Any]) -> str:
    tool = document.get("tool")
    return one_line(str(tool.get("version", "it does not say which")), 40) if isinstance(tool, dict) else "unknown"


def read_posture(content: bytes, name: str = FILE_NAME) -> Posture:
    """The posture that `reports.json_document` wrote.

    Raises: UnreadablePosture, naming the place, where it is cut off, of another schema version, or altered in shape.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadablePosture(f"{name} is not JSON: {error}") from error
    _require_known_version(document, name)
    try:
        posture = _posture(PostureDocument.model_validate_json(content))
        _refuse_wrong_totals(posture)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = one_line(".".join(str(part) for part in first["loc"]), 160)
        newer = f". Perhaps a newer ocpi-posture wrote it: {_writer(document)}" * (first["type"] == "extra_forbidden")
        raise UnreadablePosture(f"{name}: {place}: {first['msg']}{newer}") from error
    except (ValueError, TypeError) as error:
        raise UnreadablePosture(f"{name} contradicts itself: {error}") from error
    return posture


def _refuse_wrong_totals(posture: Posture) -> None:
    """Formats print the totals as they stand, beside the rows that they are of, and look up what rows point to.

    Raises: ValueError where they do not agree.
    """
    right = summarise(posture.controls, posture.findings)
    told = (*posture.summary.controls.items(), *posture.summary.findings.items())
    counted = (*right.controls.items(), *right.findings.items())
    if wrong := sorted(set(counted) - set(told)):
        status, count = wrong[0]
        raise ValueError(f"its summary does not say that {count} are {status}")
    lost = {fingerprint for row in posture.controls for fingerprint in row.findings} - set(
        posture.finding_by_fingerprint
    )
    if lost:
        raise ValueError(f"it has no finding {min(lost)}, which a row points to")


def read_run(folder: Path) -> Posture:
    """The posture of a run's folder, or of the file itself.

    Raises: UnreadablePosture; OSError where there is nothing to read.
    """
    path = folder / FILE_NAME if folder.is_dir() else folder
    return read_posture(path.read_bytes(), str(path))
