"""What the gateway of the reference stack holds bodies against, generated from the specification: `infra/schemas/`.

`.venv/bin/python -m tests.infra.gateway_schemas` writes the files again. The gateway's routes take the version as a
parameter, so a schema takes the class that the path stands for in every version: a body that fits none of them is
refused at the edge, and the service looks again with the version in hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from infra.contracts import ModuleGrant, Partner
from infra.routes import routes
from scanner.model.ocpi.interfaces import interfaces
from scanner.model.ocpi.json_schema import DRAFT_4, json_schema
from scanner.model.ocpi.specification import VERSIONS, specification

FOLDER: Final = Path(__file__).resolve().parents[2] / "infra" / "schemas"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_PARTS: Final = frozenset({"EVSE", "Connector"})  # of a Location, pushed at paths of their own
_EMPTY_TOO: Final = frozenset({"tokens-sender-post"})  # real-time authorization: LocationReferences may be left out

Carried = tuple[str, str, bool]  # version, class, partial
Schema = dict[str, Any]


def generated() -> Mapping[str, str]:
    """The files by name, as they have to be."""
    found: dict[str, set[Carried]] = {}
    for name, carried in _carried():
        found.setdefault(name, set()).add(carried)
    wanted = {name: found[name] for name in sorted(routed())}
    return {
        f"{name}.json": json.dumps(_any_of(sorted(of), may_be_empty=name in _EMPTY_TOO), indent=1) + "\n"
        for name, of in wanted.items()
    }


def routed() -> frozenset[str]:
    """Every name that a route of the gateway may have for its bodies, whatever the contracts are."""
    grants = (
        ModuleGrant(module=one.module, side=str(one.side).upper(), rights=("read", "write"))
        for version in VERSIONS
        for one in interfaces(version)
        if one.side is not None
    )
    partner = Partner(
        id="all",
        roles=(),
        modules=tuple(grants),
        addresses=(),
        contract_from=date.min,
        contract_until=date.max,
        requests_per_second=1,
    )
    return frozenset(route.body for route in routes([partner]) if route.body)


def _carried() -> Iterator[tuple[str, Carried]]:
    for version in VERSIONS:
        for interface in interfaces(version):
            for operation in interface.operations:
                if operation.method in _WITH_BODY and operation.carries in specification(version).classes:
                    part = [str(operation.carries)] if operation.carries in _PARTS else []
                    side = [str(interface.side)] if interface.side else []
                    name = "-".join([interface.module, *part, *side, operation.method]).lower()
                    yield name, (version, str(operation.carries), operation.partial)


def _any_of(carried: list[Carried], *, may_be_empty: bool) -> Schema:
    definitions: dict[str, Schema] = {}
    for version, name, partial in carried:
        known = json_schema(version, name, partial=partial)
        inner = known.pop("definitions", {})
        own = {key: value for key, value in known.items() if key not in {"$schema", "title"}}
        renamed = {_name(version, key, partial=False): _pointing(value, version) for key, value in inner.items()}
        definitions |= {**renamed, _name(version, name, partial=partial): _pointing(own, version)}
    empty: list[Schema] = [{"maxProperties": 0}] if may_be_empty else []
    choices = empty + [
        {"$ref": f"#/definitions/{_name(version, name, partial=part)}"} for version, name, part in carried
    ]
    return {"$schema": DRAFT_4, "type": "object", "anyOf": choices, "definitions": dict(sorted(definitions.items()))}


def _name(version: str, name: str, *, partial: bool) -> str:
    return f"{name}_{version.replace('.', '_')}{'_patch' if partial else ''}"


def _pointing(value: Any, version: str) -> Any:
    """The same, with references to the definitions of the version."""
    if isinstance(value, dict):
        return {
            key: _reference(one, version) if key == "$ref" else _pointing(one, version) for key, one in value.items()
        }
    return [_pointing(one, version) for one in value] if isinstance(value, list) else value


def _reference(pointer: str, version: str) -> str:
    return f"#/definitions/{_name(version, pointer.rpartition('/')[2], partial=False)}"


def main() -> None:
    """Write what is to be there, and take away what is not."""
    files = generated()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(files)} schemas in {FOLDER}\n")


if __name__ == "__main__":
    main()
