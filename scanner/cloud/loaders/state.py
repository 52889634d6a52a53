"""What `pulumi stack export` wrote: the stack as the engine last knew it."""

import asyncio
from collections.abc import Iterator
from typing import Final

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.engine_code import code_texts
from scanner.cloud.loaders.engine_evidence import engine_of, evidence_of
from scanner.cloud.loaders.engine_file import EngineDocument, read_engine_file
from scanner.cloud.loaders.engine_format import Deployment, EngineState
from scanner.cloud.loaders.engine_graph import one_line, refuse_the_impossible, shown, unresolved
from scanner.cloud.loaders.engine_memory import collector_at_rest
from scanner.cloud.loaders.engine_resources import Context, resources_of
from scanner.cloud.loaders.engine_stack import living, stack_label
from scanner.cloud.place import Place
from scanner.model.cloud_input import StateInput

_WAIT_S: Final = 60.0


class StateLoader:
    """Reads one file."""

    def stack(self, one: StateInput, /) -> str:
        """The input's name in the configuration, and the stack's own as the document has it."""
        return stack_label(one.name, one.file)

    def plan(self, one: StateInput, /) -> str:
        """One line of the dry run."""
        return f"read the Pulumi state {one.file.name} and judge it by Checkov, both on this machine"

    def ready(self, one: StateInput, /) -> str:
        """What it declares, and what is not whole.

        Raises: NotDeclared.
        """
        declared = self._read(one)
        return "; ".join((f"{len(declared.resources)} resources of {self.stack(one)}", *declared.missing))

    def wait_s(self, one: StateInput, /) -> float:  # noqa: ARG002 - as the protocol has it
        """Reading the largest file there may be takes seconds."""
        return _WAIT_S

    async def load(self, one: StateInput, place: Place, /) -> Declared:  # noqa: ARG002 - it starts no process
        """The resources of the stack.

        Raises: NotDeclared.
        """
        return await asyncio.to_thread(self._read, one)

    def _read(self, one: StateInput) -> Declared:
        with collector_at_rest():
            return declared_by_state(read_engine_file(one.file), self.stack(one), one.name)


def declared_by_state(document: EngineDocument, stack: str, name: str) -> Declared:
    """What a state holds.

    Raises: NotDeclared if it is none, or holds nothing to judge.
    """
    content = document.content
    if not isinstance(content, Deployment):
        raise NotDeclared(f"{document.name} is a preview, not a state: name it under `previews`")
    states = living(content)
    refuse_the_impossible(states, document.name)
    if not any(one.custom for one in states):
        raise NotDeclared(f"{document.name} is the state of a stack that has made no resource")
    resources = resources_of(states, Context(document=document.name, stack=stack))
    return Declared(
        source=f"Pulumi state {name}",
        resources=resources,
        document=evidence_of(resources, [document]),
        missing=tuple(_missing(content, states)),
        versions=engine_of(document),
        texts=code_texts(states),
    )


def _missing(content: Deployment, states: tuple[EngineState, ...]) -> Iterator[str]:
    under_way = [f"{one_line(one.type, 20)} {shown([one.resource.urn])}" for one in content.pending_operations or ()]
    if under_way:
        yield f"the engine was ended in the middle of {', '.join(sorted(under_way))}: what became of it is not known"
    awaited = sorted(one.urn for one in states if one.pending_replacement)
    if awaited:
        yield f"deleted, and not yet made again: {shown(awaited)}"
    names = {urn for one in content.resources or () for urn in (one.urn, *(one.aliases or ()))}
    lost = unresolved(states, names)
    if lost:
        yield f"{len(lost)} resources are referred to and not there: {shown(lost)}"
