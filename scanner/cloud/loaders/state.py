"""What `pulumi stack export` wrote: the stack as the engine last knew it."""

from collections.abc import Iterator

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.engine_code import code_texts
from scanner.cloud.loaders.engine_evidence import engine_of, evidence_of
from scanner.cloud.loaders.engine_file import EngineDocument, read_engine_file
from scanner.cloud.loaders.engine_format import Deployment, EngineState
from scanner.cloud.loaders.engine_graph import refuse_the_impossible, shown, unresolved
from scanner.cloud.loaders.engine_loader import EngineFileLoader
from scanner.cloud.loaders.engine_resources import Context, resources_of
from scanner.cloud.loaders.engine_stack import living
from scanner.cloud.one_line import cut_line
from scanner.model.cloud_input import StateInput


class StateLoader(EngineFileLoader[StateInput]):
    """Reads one file."""

    def plan(self, one: StateInput, /) -> str:
        """One line of the dry run."""
        return f"read the Pulumi state {one.file.name} and judge it by Checkov, both on this machine"

    def _declared(self, one: StateInput) -> Declared:
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
    under_way = [f"{cut_line(one.type, 20)} {shown([one.resource.urn])}" for one in content.pending_operations or ()]
    if under_way:
        yield f"the engine was ended in the middle of {', '.join(sorted(under_way))}: what became of it is not known"
    awaited = sorted(one.urn for one in states if one.pending_replacement)
    if awaited:
        yield f"deleted, and not yet made again: {shown(awaited)}"
    names = {urn for one in content.resources or () for urn in (one.urn, *(one.aliases or ()))}
    lost = unresolved(states, names)
    if lost:
        yield f"{len(lost)} resources are referred to and not there: {shown(lost)}"
