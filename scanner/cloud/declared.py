"""What every loader of a declared cloud gives, whichever form the declaration has; and how it says that it cannot."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Protocol, TypeVar

from scanner.cloud.place import Place
from scanner.model.cloud_input import CloudInput
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.resource import Resource

I_contra = TypeVar("I_contra", bound=CloudInput, contravariant=True)


class NotDeclared(RuntimeError):
    """There is nothing to judge; the message is one sentence for the report, `reason` its kind, `deed` what to do."""

    def __init__(self, message: str, reason: Reason = Reason.UNPARSABLE, *, deed: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.deed = deed


@dataclass(frozen=True, slots=True, kw_only=True)
class ForCheckov:
    """A document that Checkov reads as it is; `framework` in Checkov's own words, `resources` by the names in it."""

    framework: str
    document: Mapping[str, Any]
    resources: Mapping[str, Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeText:
    """Code that a resource is given as text, at a path of its inputs: looked at in memory, and never written.

    `text` None: there is one, and it was too long to be handed on.
    """

    urn: str
    path: str
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The resources of one stack, sorted by URN.

    `source`: what was read, in a few words. `missing`: one sentence for each reason why the stack may hold more, or
    other, resources. `document`: what was read, without secrets, as evidence. `versions`: of the tools that had a part
    in it. `for_checkov` None: Checkov is given a plan that is written from the resources. `unmapped`: one sentence for
    each kind of thing that is declared, and that neither Checkov's policies nor ours know. `texts`: the code in assets.
    """

    source: str
    resources: tuple[Resource, ...]
    document: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    for_checkov: ForCheckov | None = None
    unmapped: tuple[str, ...] = ()
    texts: tuple[CodeText, ...] = ()


class Loader(Protocol[I_contra]):
    """Reads one kind of cloud input."""

    def stack(self, one: I_contra, /) -> str:
        """What facts and verdicts call the stack."""

    def plan(self, one: I_contra, /) -> str:
        """What will be done, for the dry run; nothing of it leaves the machine."""

    def ready(self, one: I_contra, /) -> str:
        """What was found, for the preflight: reads, and runs nothing.

        Raises: NotDeclared.
        """

    def wait_s(self, one: I_contra, /) -> float:
        """How long loading may take."""

    async def load(self, one: I_contra, place: Place, /) -> Declared:
        """Everything that the input declares.

        Raises: NotDeclared if there is nothing at all.
        """
