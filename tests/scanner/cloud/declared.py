"""Resources as a loader would give them, in few words."""

from collections.abc import Mapping

from scanner.model.resource import CloudValue, Resource
from scanner.model.tool_verdict import SourcePosition


def urn_of(token: str, name: str) -> str:
    return f"urn:pulumi:test::small::{token}::{name}"


def declare(
    token: str,
    name: str,
    inputs: Mapping[str, CloudValue] | None = None,
    refers: Mapping[str, tuple[Resource, ...]] | None = None,
    outputs: Mapping[str, CloudValue] | None = None,
) -> Resource:
    """One resource; `refers` says for each property whose outputs flow into it."""
    return Resource(
        urn=urn_of(token, name),
        token=token,
        name=name,
        stack="small/test",
        inputs=dict(inputs or {}),
        outputs=dict(outputs or {}),
        depends_on_by_property={prop: tuple(one.urn for one in targets) for prop, targets in (refers or {}).items()},
        id=f"{name}-id-0123",
        position=SourcePosition(file="__main__.py", line=7),
    )
