"""Why a run with fails does not end with 1: none of them is as grave as --fail-on asks."""

from checks.model.verdict import Outcome
from reports.model.exit_code import Demand, open_requirements
from reports.model.posture import Posture
from scanner.cli.exit_code import ExitCode
from scanner.model.severity import Severity


def below_limit(posture: Posture, fail_on: Severity, code: int, demand: Demand, stopped: str | None) -> str | None:
    """The sentence; None where nothing fails, and for codes that fails do not explain."""
    fails = [f.severity for f in posture.findings if f.outcome is Outcome.FAIL and f.controls]
    if not fails or code not in {ExitCode.CLEAN, ExitCode.INCONCLUSIVE}:
        return None
    gravest = max(fails, key=lambda severity: severity.rank)
    said = f"Exit code {int(code)}: no fail is {fail_on} or graver (the gravest is {gravest})"
    if code == ExitCode.CLEAN:
        return f"{said}, so that none decides."
    missing = len(open_requirements(posture, demand))
    controls = f"{missing} required control{'' if missing == 1 else 's'} could not be judged"
    return f"{said}, but {controls if missing else f'the run was {stopped}'}."
