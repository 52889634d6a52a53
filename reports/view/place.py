"""Where something was seen, and as whom, in words that stand alone."""

from typing import Final

from checks.model.finding import Finding
from reports.model.posture import Posture
from reports.text import one_line

_LONGEST_LABEL: Final = 200
_LONGEST_NAME: Final = 80


def place(finding: Finding) -> str:
    """The subject, and who asked: what several identities saw there are several findings."""
    speaker = f" as {one_line(finding.identity, _LONGEST_NAME)}" if finding.identity else ""
    return f"{one_line(finding.subject.label(), _LONGEST_LABEL)}{speaker}"


def in_environment(posture: Posture, name: str) -> str:
    """` in prod` where the run is about several environments, which often call their endpoints alike; else nothing."""
    return f" in {one_line(name, _LONGEST_NAME)}" if len(posture.run.environments) > 1 else ""
