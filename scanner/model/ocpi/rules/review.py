"""The rules as a listing that people review: committed as RULES.md, held against the catalogue by a test."""

from collections.abc import Iterable, Iterator

from scanner.model.ocpi.rules.rule import SemanticRule

_HEAD = """# Semantic rules

Made from the catalogue (`scanner.model.ocpi.rules.catalog`). Basis: `required` is stated or follows from a definition
in the section; `recommended` is advised there; `plausible` is our expectation of the fields that the section defines.

| rule | versions | classes | section | basis | severity | what holds |
|---|---|---|---|---|---|---|
"""


def listing(rules: Iterable[SemanticRule]) -> str:
    """A Markdown table, one row a rule, in the order of the catalogue."""
    return _HEAD + "".join(f"| {' | '.join(_row(rule))} |\n" for rule in rules)


def _row(rule: SemanticRule) -> Iterator[str]:
    yield f"`{rule.id}`"
    yield ", ".join(rule.versions)
    yield ", ".join(rule.classes)
    yield from (rule.section, rule.basis, rule.severity, rule.sentence)
