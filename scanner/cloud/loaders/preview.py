"""What `pulumi preview --json` wrote: the stack as it would be after the next `pulumi up`."""

from typing import Final

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.engine_code import code_texts
from scanner.cloud.loaders.engine_evidence import evidence_of
from scanner.cloud.loaders.engine_file import EngineDocument, read_engine_file
from scanner.cloud.loaders.engine_format import Deployment, Preview
from scanner.cloud.loaders.engine_graph import refuse_the_impossible, shown, unresolved
from scanner.cloud.loaders.engine_loader import EngineFileLoader
from scanner.cloud.loaders.engine_resources import Context, account_of, resources_of, urn_of
from scanner.cloud.loaders.engine_stack import is_default_provider, living, stack_name
from scanner.cloud.loaders.preview_steps import Planned, planned
from scanner.cloud.pulumi_values import cloud_values
from scanner.model.cloud_input import PreviewInput

_SHOW_ALL: Final = "use --show-sames, or give the state too"


class PreviewLoader(EngineFileLoader[PreviewInput]):
    """Reads one file, or two: with a state, what the preview does not show is taken from there."""

    def plan(self, one: PreviewInput, /) -> str:
        """One line of the dry run."""
        beside = f" with the state {one.state.name}" if one.state else ""
        return f"read the Pulumi preview {one.file.name}{beside} and judge it by Checkov, both on this machine"

    def _declared(self, one: PreviewInput) -> Declared:
        document = read_engine_file(one.file)
        state = read_engine_file(one.state) if one.state else None
        return declared_by_preview(document, self.stack(one), one.name, state)


def declared_by_preview(
    document: EngineDocument,
    stack: str,
    name: str,
    state: EngineDocument | None = None,
    secrets: frozenset[str] = frozenset(),
) -> Declared:
    """What a preview declares; `state` gives what it does not show, `secrets` are hidden wherever they stand.

    Raises: NotDeclared if it is no preview, the engine had an error, or there is nothing to judge.
    """
    if not isinstance(document.content, Preview):
        raise NotDeclared(f"{document.name} is a state, not a preview: name it under `states`")
    steps = planned(document.content, document.name)
    refuse_the_impossible(tuple(steps.states.values()), document.name)
    missing = [*steps.missing, *_merge(steps, state, document.name)]
    if not steps.hidden or state is not None:
        missing += _unresolved(steps)
    config = cloud_values(document.content.config or {})
    aws = {key.removeprefix("aws:"): value for key, value in config.items() if key.startswith("aws:")}
    region = aws.get("region")
    context = Context(
        document=document.name,
        stack=stack,
        region=region if isinstance(region, str) else None,
        account=account_of(aws),
        secrets=secrets,
    )
    resources = resources_of(tuple(steps.states.values()), context)
    return Declared(
        source=f"Pulumi preview {name}",
        resources=resources,
        document=evidence_of(resources, (document, *([state] if state else [])), changes=steps.counts),
        missing=tuple(missing),
        texts=code_texts(steps.states.values()),
    )


def _merge(steps: Planned, state: EngineDocument | None, name: str) -> list[str]:
    """Take what is hidden from the state; one sentence where that leaves a gap.

    Raises: NotDeclared for a state of another stack, and where nothing is left to judge.
    """
    gaps: list[str] = []
    if state is not None:
        gaps = _taken_over(steps, state)
    elif steps.hidden:
        gaps = [f"{steps.hidden} unchanged resources are not in {name}: {_SHOW_ALL}"]
    if not any(one.custom for one in steps.states.values()):
        nothing = gaps[0] if gaps else f"{name} leaves a stack without any resource"
        raise NotDeclared(nothing)
    return gaps


def _taken_over(steps: Planned, state: EngineDocument) -> list[str]:
    if not isinstance(state.content, Deployment):
        raise NotDeclared(f"{state.name} is a preview, not a state: give what `pulumi stack export` writes")
    there = living(state.content)
    refuse_the_impossible(there, state.name)
    _refuse_other_stack(steps, state, there[0].urn if there else "")
    fresh = [one for one in there if one.urn not in steps.settled]
    counted = [one for one in fresh if not is_default_provider(one)]
    if steps.hidden or not counted:
        steps.states.update({one.urn: one for one in fresh})
    if len(counted) == steps.hidden:
        return []
    held = f"{state.name} holds {len(counted)} resources that the preview does not show"
    return [f"{held}, which speaks of {steps.hidden} unchanged ones: they are not of the same time"]


def _refuse_other_stack(steps: Planned, state: EngineDocument, urn: str) -> None:
    own = next(iter(steps.states), "")
    if own and urn and stack_name(urn_of(own, "the preview")) != stack_name(urn_of(urn, state.name)):
        raise NotDeclared(f"{state.name} is the state of another stack than the preview is of")


def _unresolved(steps: Planned) -> list[str]:
    known = steps.states.keys() | steps.settled
    lost = unresolved(steps.states.values(), known)
    return [f"{len(lost)} resources are referred to and not there: {shown(lost)}"] if lost else []
