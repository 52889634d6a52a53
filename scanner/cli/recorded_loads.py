"""The loads of a run, read from the evidence that its findings name."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from pydantic import ValidationError

from checks.model.finding import Finding
from reports.model.posture import Posture
from reports.model.recorded_load import RecordedLoad
from scanner.model.codec import adapter
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.stress import HELD, LOADS, HeldConnections, LoadSeen

_CHECKS: Final = "ocpi-stress-"
_KINDS: Final = {kind.__name__: kind for kind in (*LOADS, *HELD)}
_MOST_BYTES: Final = 2**20


def recorded_loads(folder: Path, posture: Posture) -> Iterator[RecordedLoad]:
    """Every load that a finding of the stress lab rests on, each once; one without a curve is left out."""
    by_ref: dict[EvidenceRef, list[Finding]] = {}
    for finding in posture.findings:
        if finding.check.startswith(_CHECKS):
            for ref in finding.evidence:
                by_ref.setdefault(ref, []).append(finding)
    for ref, findings in by_ref.items():
        at = findings[0].subject.coordinates()
        seen = _seen(folder, ref)
        if seen is not None:
            yield RecordedLoad(
                ref=ref,
                environment=findings[0].environment,
                endpoint=at.get("endpoint", ""),
                seen=None if isinstance(seen, str) else seen,
                why=seen if isinstance(seen, str) else "",
                findings=tuple(findings),
            )


def _seen(folder: Path, ref: EvidenceRef) -> LoadSeen | HeldConnections | str | None:
    """The load; why it cannot be shown; None for evidence of another kind."""
    try:
        content = (folder / ref.path).read_bytes()[:_MOST_BYTES]
    except OSError:
        return f"The evidence {ref.path} is not there."
    if hashlib.sha256(content).hexdigest() != ref.sha256:
        return f"The evidence {ref.path} was changed after the run."
    try:
        document = msgspec.json.decode(content)["artefact"]
        kind = _KINDS.get(document.pop("kind", ""))
        return None if kind is None else cast("LoadSeen", adapter(cast("Any", kind)).validate_python(document))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValidationError):
        return f"The evidence {ref.path} cannot be read."
