"""What Pulumi calls each AWS resource and property in Terraform; reads `map.json.gz`, which the generator made.

The data holds exceptions only: a property that it does not name is spelled in snake case and its value stays as it is.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from importlib import resources
from typing import Any, Final

from scanner.cloud.bridge.names import snake
from scanner.model.late_dataclass import dataclass

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one property is rebuilt.

    `wrap`: a list of one around the object. `json_text`: a document becomes its text. `asset`: a file or archive.
    `below`: the table of the objects in the value (None: it holds no object whose keys are property names).
    `user_keys`: the keys are the author's (tags, variables). `unmatched`: Terraform's schema has no such attribute.
    """

    name: str
    wrap: bool = False
    json_text: bool = False
    asset: bool = False
    below: int | None = None
    user_keys: bool = False
    unmatched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMap:
    """Pulumi tokens and properties to Terraform types and attributes; versions say what it was made from."""

    pulumi_aws: str
    terraform_aws: str
    tokens: Mapping[str, tuple[str, int]]
    tables: tuple[Mapping[str, Mapping[str, Any]], ...] = field(repr=False)

    def terraform_type(self, token: str) -> str | None:
        """`aws_lambda_function` for `aws:lambda/function:Function`; None where the map does not know the token."""
        found = self.tokens.get(token)
        return found[0] if found else None

    def table_of(self, token: str) -> int:
        """The table of a token's properties.

        Raises: KeyError for a token that the map does not know.
        """
        return self.tokens[token][1]

    @property
    def json_text(self) -> dict[str, list[str]]:
        """For each token that has any, the top-level properties that take a document and give back its text."""
        texts = {
            token: [n for n, e in self.tables[table].items() if "j" in e] for token, (_, table) in self.tokens.items()
        }
        return {token: names for token, names in texts.items() if names}

    def rule(self, table: int, name: str) -> Rule:
        """The rule of one property in one table; plain snake case where the table has no exception."""
        entry = self.tables[table].get(name)
        if entry is None:
            return Rule(name=snake(name))
        return Rule(
            name=entry.get("n", snake(name)),
            wrap="w" in entry,
            json_text="j" in entry,
            asset="a" in entry,
            below=entry.get("t"),
            user_keys="m" in entry,
            unmatched="u" in entry,
        )


class MapFormatChanged(RuntimeError):
    """The committed map was made by another version of the generator than this loader reads."""


def parse_map(data: bytes) -> TokenMap:
    """The map in gzipped JSON.

    Raises: MapFormatChanged where the format number is another.
    """
    document = json.loads(gzip.decompress(data))
    if document["format"] != _FORMAT:
        raise MapFormatChanged(f"map.json.gz has format {document['format']}, this version reads {_FORMAT}")
    return TokenMap(
        pulumi_aws=document["pulumi_aws"],
        terraform_aws=document["terraform_aws"],
        tokens={token: (kind, table) for token, (kind, table) in document["tokens"].items()},
        tables=tuple(document["types"]),
    )


@cache
def token_map() -> TokenMap:
    """The committed map; read once, about 15 ms."""
    return parse_map(resources.files(__package__).joinpath("map.json.gz").read_bytes())
