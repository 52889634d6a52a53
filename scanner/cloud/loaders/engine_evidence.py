"""An engine's document as it is stored: which file it was, and the resources as they were read, without secrets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.cloud.loaders.engine_file import EngineDocument
from scanner.cloud.loaders.engine_format import Deployment
from scanner.model.resource import Resource, resource_to_json


def evidence_of(
    resources: Sequence[Resource], documents: Iterable[EngineDocument], *, changes: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Files by name, SHA-256 and engine; steps by kind; every resource."""
    return {
        "files": [_file(one) for one in documents],
        **({"steps": dict(changes)} if changes is not None else {}),
        "resources": [resource_to_json(one) for one in resources],
    }


def engine_of(document: EngineDocument) -> dict[str, str]:
    """The version of the engine, where the document names it."""
    content = document.content
    version = content.manifest.version if isinstance(content, Deployment) else ""
    return {"pulumi": version.removeprefix("v")} if version else {}


def _file(one: EngineDocument) -> dict[str, Any]:
    return {"name": one.name, "sha256": one.sha256, **engine_of(one)}
