"""The documents that Pulumi's engine writes, as far as they are read here; what is not named is skipped unread.

Source: pulumi `sdk/go/common/display/json.go` (PreviewDigest), `sdk/go/common/apitype/core.go` (deployments, states).
"""

from typing import Any, Final

import msgspec

KNOWN_VERSIONS: Final = (3, 4)
KNOWN_FEATURES: Final = frozenset(
    {"byteString", "extensionParameterization", "hooks", "refreshBeforeUpdate", "replaceWith", "taint", "views"}
)


class Frame(msgspec.Struct, frozen=True):
    """One step of the way to a constructor call: `project:///__main__.py#32`, or nothing."""

    sourcePosition: str = ""  # noqa: N815 - the engine's name


class EngineState(msgspec.Struct, rename="camel"):
    """One resource as the engine holds it (ResourceV3)."""

    urn: str
    type: str
    custom: bool = False
    delete: bool = False
    external: bool = False
    id: str = ""
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    parent: str = ""
    provider: str = ""
    dependencies: list[str] | None = None
    property_dependencies: dict[str, list[str] | None] | None = None
    aliases: list[str] | None = None
    source_position: str = ""
    stack_trace: list[Frame] | None = None
    pending_replacement: bool = False


class OldState(msgspec.Struct):
    """What a step starts from; `delete`: the rest of an earlier replacement."""

    urn: str
    delete: bool = False
    id: str = ""
    outputs: dict[str, Any] | None = None


class Step(msgspec.Struct, rename="camel"):
    """One step of a preview."""

    op: str
    urn: str
    new_state: EngineState | None = None
    old_state: OldState | None = None


class Diagnostic(msgspec.Struct, frozen=True):
    """What the engine had to say."""

    message: str = ""
    severity: str = ""


class Preview(msgspec.Struct, rename="camel"):
    """`pulumi preview --json`; `config` has the stack's keys in full, secrets as `[secret]`."""

    steps: list[Step] | None = None
    diagnostics: list[Diagnostic] | None = None
    change_summary: dict[str, int] | None = None
    config: dict[str, Any] | None = None
    maybe_corrupt: bool = False


class Manifest(msgspec.Struct, frozen=True):
    """Which engine wrote a state."""

    version: str = ""


class Operation(msgspec.Struct, frozen=True):
    """Something that was under way when the engine was ended."""

    resource: OldState
    type: str = ""


class Deployment(msgspec.Struct):
    """What `pulumi stack export` holds, and what a backend keeps."""

    manifest: Manifest = Manifest()
    resources: list[EngineState] | None = None
    pending_operations: list[Operation] | None = None


class Checkpoint(msgspec.Struct):
    """The file in which a backend of one's own (`file://`, a bucket) keeps a stack."""

    latest: Deployment | None = None


class Envelope(msgspec.Struct, rename="camel"):
    """The outermost keys, by which forms are told apart."""

    steps: msgspec.Raw = msgspec.Raw()
    change_summary: msgspec.Raw = msgspec.Raw()
    diagnostics: msgspec.Raw = msgspec.Raw()
    deployment: msgspec.Raw = msgspec.Raw()
    checkpoint: msgspec.Raw = msgspec.Raw()
    version: int | None = None
    features: list[str] | None = None
    planned_values: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="planned_values")
    format_version: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="format_version")
    template: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="Resources")
    sequence: msgspec.Raw = msgspec.Raw()
