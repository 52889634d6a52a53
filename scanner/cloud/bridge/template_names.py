"""What Pulumi calls CloudFormation's types and properties; reads `cloudformation.json.gz`, which the generator made."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from importlib import resources
from typing import Any, Final

from scanner.model.late_dataclass import dataclass

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRule:
    """How one property of a template is rebuilt; `path` leads into Pulumi's object (`healthCheck.path`).

    `kind`: `b` true or false, `i` a number, both of which may be written as text. `below`: the table of the objects in
    it. `pairs`: a list of keys and values is a map. `first`: of a list. `listed`: a list around it. `only`: true where
    it has this value. `inner`: what stands at this name. `inside`: what is inside belongs to the object around it.
    `rebuilt`: by code, because Pulumi has resources of their own for it.
    """

    path: str = ""
    kind: str = ""
    below: int | None = None
    pairs: bool = False
    first: bool = False
    listed: bool = False
    only: str = ""
    inner: str = ""
    inside: bool = False
    rebuilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateNames:
    """`types`: CloudFormation type to token and table. `nothing`: types that declare nothing a rule could look for."""

    pulumi_aws: str
    cloudformation: str
    types: Mapping[str, tuple[str, int]]
    nothing: frozenset[str]
    tables: tuple[Mapping[str, Mapping[str, Any] | None], ...] = field(repr=False)

    def rule(self, table: int, name: str) -> TemplateRule | None:
        """The rule of a property; None if Pulumi has no counterpart, or the schemas do not have the property."""
        entry = self.tables[table].get(name)
        if entry is None:
            return None
        return TemplateRule(
            path=str(entry.get("n", "")),
            kind=str(entry.get("k", "")),
            below=entry.get("t"),
            pairs="m" in entry,
            first="o" in entry,
            listed="l" in entry,
            only=str(entry.get("v", "")),
            inner=str(entry.get("i", "")),
            inside="x" in entry,
            rebuilt="c" in entry,
        )


class NamesFormatChanged(RuntimeError):
    """The committed names were made by another version of the generator than this loader reads."""


def parse_names(data: bytes) -> TemplateNames:
    """The names in gzipped JSON.

    Raises: NamesFormatChanged where the format number is another.
    """
    document = json.loads(gzip.decompress(data))
    if document["format"] != _FORMAT:
        raise NamesFormatChanged(
            f"cloudformation.json.gz has format {document['format']}, this version reads {_FORMAT}"
        )
    return TemplateNames(
        pulumi_aws=document["pulumi_aws"],
        cloudformation=document["cloudformation"],
        types={kind: (token, table) for kind, (token, table) in document["types"].items()},
        nothing=frozenset(document["nothing"]),
        tables=tuple(document["tables"]),
    )


@cache
def template_names() -> TemplateNames:
    """The committed names; read once."""
    return parse_names(resources.files(__package__).joinpath("cloudformation.json.gz").read_bytes())
