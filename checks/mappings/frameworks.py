"""Reads which parts of which framework each row speaks to, and which of these ids were held against a list."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from checks.model.framework import Framework, MappedId

ROWS: Final = "frameworks.yaml"
HELD: Final = "frameworks_held.json"

Id = Annotated[StrictStr, Field(min_length=1, max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # not each by itself and within the next


class _Framework(_Strict):
    name: StrictStr
    publisher: StrictStr
    list: StrictStr | None = None


class _File(_Strict):
    frameworks: dict[StrictStr, _Framework]
    rows: dict[StrictStr, dict[StrictStr, tuple[Id, ...]]]


class HeldDocument(_Strict):
    """What came of holding one framework against its list: version and digests of the list, ids that stand there."""

    version: StrictStr
    sha256: tuple[Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")], ...] = Field(min_length=1)
    held: tuple[Id, ...]


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _rows() -> _File:
    return _File.model_validate(yaml.load(_text(ROWS), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506


@cache
def _held() -> Mapping[str, HeldDocument]:
    return {name: HeldDocument.model_validate(held) for name, held in json.loads(_text(HELD)).items()}


@cache
def _held_ids() -> Mapping[str, frozenset[str]]:
    return {key: frozenset(one.held) for key, one in _held().items()}


def written_rows() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Row -> framework -> ids, as written by hand."""
    return _rows().rows


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework, in the order of the file."""
    return tuple(_framework(key, one) for key, one in _rows().frameworks.items())


def _framework(key: str, one: _Framework) -> Framework:
    held = _held().get(key)
    return Framework(
        key=key,
        name=one.name,
        publisher=one.publisher,
        list=one.list,
        version=held.version if held else "",
        sha256=held.sha256 if held else (),
    )


@cache
def mapped_ids(row: str) -> tuple[MappedId, ...]:
    """What a row speaks to, in the order of the file; none where the row has no mapping."""
    return tuple(
        MappedId(framework=key, id=one, verified=one in _held_ids().get(key, frozenset()))
        for key, ids in _rows().rows.get(row, {}).items()
        for one in ids
    )


def verified_ids(row: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Framework and ids that stand in its publisher's list: what reports and packs may show."""
    found: dict[str, list[str]] = {}
    for one in mapped_ids(row):
        if one.verified:
            found.setdefault(one.framework, []).append(one.id)
    return tuple((framework, tuple(ids)) for framework, ids in found.items())
