"""Small documents in the form in which the engine writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.cloud.loaders.engine_file import parse_engine_document
from scanner.cloud.loaders.preview import declared_by_preview
from scanner.cloud.loaders.state import declared_by_state

SAMPLES = Path(__file__).with_name("engine_documents")
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def urn(name: str, token: str = "aws:s3/bucket:Bucket", stack: str = "test") -> str:
    return f"urn:pulumi:{stack}::small::{token}::{name}"


def state(name: str, inputs: Mapping[str, Any] | None = None, token: str = "aws:s3/bucket:Bucket", **more: Any) -> Any:
    """One resource as the engine holds it."""
    return {"urn": urn(name, token), "type": token, "custom": True, "inputs": dict(inputs or {}), **more}


def step(op: str, new: Any = None, old: Any = None) -> Any:
    states = {key: value for key, value in (("newState", new), ("oldState", old)) if value is not None}
    return {"op": op, "urn": (new or old)["urn"], **states}


def preview(*steps: Any, **more: Any) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in steps:
        counts[one["op"]] = counts.get(one["op"], 0) + 1
    return {"steps": list(steps), "changeSummary": counts, **more}


def export(*states: Any, **more: Any) -> dict[str, Any]:
    manifest = {"version": "v3.260.0"}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": list(states), **more}}


def read_preview(document: Any, beside: Any = None) -> Any:
    given = parse_engine_document(json.dumps(document).encode(), "preview.json")
    other = None if beside is None else parse_engine_document(json.dumps(beside).encode(), "state.json")
    return declared_by_preview(given, "small/test", "small", other)


def read_state(document: Any) -> Any:
    return declared_by_state(parse_engine_document(json.dumps(document).encode(), "state.json"), "small/test", "small")


def names(declared: Any) -> list[str]:
    return [one.name for one in declared.resources]
