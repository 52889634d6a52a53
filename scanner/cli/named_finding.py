"""The finding of a run that somebody means who gives its fingerprint, or the first digits of it."""

from pathlib import Path
from typing import Final

from checks.model.finding import Finding
from scanner.cli.past_posture import load_posture
from scanner.config.nearest import suggestion
from scanner.errors import UsageError

_SHORTEST: Final = 4
_SHOWN: Final = 4


def named_finding(run: Path, beginning: str) -> Finding:
    """The one whose fingerprint begins so, whatever its outcome.

    Raises: UsageError if there is none, or are several.
    """
    findings = load_posture(str(run)).findings
    wanted = beginning.strip().lower()
    found = [f for f in findings if f.fingerprint.startswith(wanted)] if len(wanted) >= _SHORTEST else []
    if len(found) > 1:
        several = ", ".join(f"{f.fingerprint} ({f.check})" for f in found[:_SHOWN])
        raise UsageError(f"{len(found)} findings begin with {wanted}: {several}.", "Give more of its digits.")
    if not found:
        near = suggestion(wanted, [finding.fingerprint for finding in findings])
        hint = f"It is 16 hexadecimal digits, or the first {_SHORTEST} or more; it stands beside each finding."
        raise UsageError(f"The run in {run} has no finding {beginning}{near}.", hint)
    return found[0]
