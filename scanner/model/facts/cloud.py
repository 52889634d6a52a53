"""Facts of the cloud witnesses: what a stack declares."""

from typing import Final

from scanner.model.facts.cloud_secrets import CLOUD_SECRET_FACTS
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResources:
    """The resources of one stack as its program, preview or state declares them, sorted by URN.

    `source`: what was read, in a few words. `missing`: one sentence for each reason why the stack may hold more, or
    other, resources than are listed (the program stopped half-way); empty where it is complete.
    """

    stack: str
    source: str
    resources: tuple[Resource, ...]
    missing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True where nothing is known to be missing."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovRun:
    """Checkov judged a stack; its verdicts are recorded one by one as tool verdicts.

    `policies`: how many gave a result. `not_judged`: one sentence for each kind of thing that Checkov was not given.
    `silent`: ids of policies that raised, or gave no result on a resource of their type.
    """

    version: str
    policies: int
    resources: int
    not_judged: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeComment:
    """A comment of the program that speaks to us: where it stands, what it says after `ocpi-posture:`.

    `urns`: of the resources that are declared on its line, or in the statement that it belongs to.
    """

    file: str
    line: int
    text: str
    urns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeComments:
    """What the source files of a stack accept; `files`: those that were read, none where none is at hand."""

    stack: str
    files: tuple[str, ...] = ()
    comments: tuple[CodeComment, ...] = ()


CLOUD_FACTS: Final[tuple[type, ...]] = (DeclaredResources, CheckovRun, CodeComments, *CLOUD_SECRET_FACTS)
