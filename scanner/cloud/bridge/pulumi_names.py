"""The map read backwards: what Pulumi calls a Terraform type and its attributes.

Pulumi derives its names from Terraform's, so an attribute that no table names is the same word in camel case.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cache
from typing import Final

from scanner.cloud.bridge.names import camel
from scanner.cloud.bridge.token_map import Rule, TokenMap, token_map
from scanner.model.late_dataclass import dataclass

_PLAIN: Final = Rule(name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PulumiNames:
    """`tokens`: Terraform type to token. `tables`: for each table of the map, attribute to property and its rule."""

    tokens: Mapping[str, str]
    known: TokenMap
    _tables: dict[int, Mapping[str, tuple[str, Rule]]] = field(default_factory=dict, repr=False)

    def token(self, terraform_type: str) -> str | None:
        """`aws:lambda/function:Function` for `aws_lambda_function`; None where the map has no such type."""
        return self.tokens.get(terraform_type)

    def table(self, token: str) -> int:
        """The table of a token's properties.

        Raises: KeyError for a token that the map does not know.
        """
        return self.known.table_of(token)

    def property(self, table: int | None, attribute: str) -> tuple[str, Rule]:
        """The property of an attribute, and how its value is rebuilt; `table` None: nothing is known of the object."""
        if table is None:
            return camel(attribute), _PLAIN
        if table not in self._tables:
            self._tables[table] = _backwards(self.known, table)
        found = self._tables[table].get(attribute)
        return found or (camel(attribute), _PLAIN)


def _backwards(known: TokenMap, table: int) -> Mapping[str, tuple[str, Rule]]:
    named = ((name, known.rule(table, name)) for name in known.tables[table])
    return {rule.name: (name, rule) for name, rule in named if not rule.unmatched}


@cache
def pulumi_names() -> PulumiNames:
    """The committed map backwards; of two tokens for one type, the one that is no older name of the other (`..V2`)."""
    tokens: dict[str, str] = {}
    for token, (kind, _) in sorted(token_map().tokens.items()):
        tokens.setdefault(kind, token)
    return PulumiNames(tokens=tokens, known=token_map())


def item_rule(rule: Rule) -> Rule:
    """The rule of one item of a list or map that `rule` describes."""
    return replace(rule, wrap=False, json_text=False, user_keys=False)
