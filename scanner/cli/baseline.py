"""`--baseline RUN`: what failed in that run already does not decide; it stays in every report, and is counted."""

import structlog

from checks.model.verdict import Outcome
from reports.model.difference import known_fails
from reports.model.posture import Posture
from reports.model.run_state import RunState, run_state
from scanner.cli.past_posture import load_posture
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A finished run that a later one is held against."""

    state: RunState

    def known(self, posture: Posture) -> frozenset[str]:
        """Fingerprints of the fails that the baseline had as well, no less grave."""
        return known_fails(self.state, run_state(posture))

    def sentence(self, posture: Posture, fail_on: Severity) -> str:
        """How many new fails there are, and how many old ones stand behind the baseline."""
        known, fails = self.known(posture), run_state(posture)
        counting = [f for f in fails.findings.values() if f.outcome is Outcome.FAIL and f.counts_from(fail_on)]
        old = sum(finding.fingerprint in known for finding in counting)
        return (
            f"Against baseline {self.state.run_id}: {_fails(len(counting) - old)} new, from {fail_on} up; "
            f"{_fails(old)} that the baseline had already {_stands(old)} not decide."
        )


def read_baseline(run: str, environments: tuple[str, ...]) -> Baseline:
    """The run to hold against, read before anything is sent; `environments`: those of the scan that begins.

    Raises: RunFolderError.
    """
    baseline = Baseline(state=run_state(load_posture(run)))
    for environment in sorted(set(environments) - set(baseline.state.environments)):
        log.warning("the baseline knows nothing of this environment: every fail there is new", environment=environment)
    return baseline


def _stands(count: int) -> str:
    return "stands behind it and does" if count == 1 else "stand behind it and do"


def _fails(count: int) -> str:
    return "1 fail" if count == 1 else f"{count} fails"
