"""What a person sees at the end of a run: the summary on stdout, where the reports are on stderr."""

import structlog

from checks.model.verdict import Outcome
from reports.model.posture import Posture
from reports.text import one_line
from scanner.cli.output import emit_safe
from scanner.cli.scanning import Ended
from scanner.cli.talk import Talk

log = structlog.get_logger(__name__)


def show(ended: Ended, talk: Talk) -> None:
    """Print the summary; when quiet, only what fails."""
    emit_safe(_text(ended.posture))
    for file in ended.files:
        log.info("wrote", file=str(file))
    del talk


def _text(posture: Posture) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in posture.summary.controls.items() if count)
    lines = [f"Controls: {counts}"]
    lines += [f"DISAGREEMENT {d.environment} {d.claim}" for d in posture.disagreements]
    lines += [
        f"{f.outcome.upper():<13} {f.severity:<9} {f.check} {one_line(f.subject.label())}: {one_line(f.message)}"
        for f in posture.findings
        if f.outcome in {Outcome.FAIL, Outcome.INCONCLUSIVE}
    ]
    return "\n".join(lines)
