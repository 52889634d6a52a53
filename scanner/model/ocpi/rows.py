"""Rows of data that is written by hand: `data/{name}.json`, a list of objects."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any


def rows(name: str, version: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a file that are of this version; a row without `versions` is of every one."""
    text = (files("scanner.model.ocpi") / "data" / f"{name}.json").read_text(encoding="utf-8")
    return (row for row in json.loads(text) if version in row.get("versions", (version,)))
