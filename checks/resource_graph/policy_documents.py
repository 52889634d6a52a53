"""IAM policy documents as data (IAM User Guide, JSON policy element reference).

Elements that AWS lets one write as a text or a list are always tuples here, in the document's own spelling.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from checks.resource_graph.leaves import items
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import unknown_leaves
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Marker

EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`kind`: AWS, Service, Federated or CanonicalUser; `name` `*` stands for everybody of that kind."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One line of a Condition block: `key` in lower case, as AWS compares it; `values` as texts.

    `hidden`: there are values that are not known; its document is in doubt then.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; actions are in lower case, as AWS compares them."""

    effect: str
    sid: str = ""
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def allows(self) -> bool:
        """True for Effect Allow."""
        return self.effect == "Allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """`doubt` says why there may be more statements, or other ones, than are listed; empty where all is known."""

    statements: tuple[Statement, ...] = ()
    doubt: str = ""

    def allowing(self) -> tuple[Statement, ...]:
        """Statements with Effect Allow."""
        return tuple(one for one in self.statements if one.allows)


def read_document(value: CloudValue) -> PolicyDocument:
    """The document in a property: JSON text or an object. One that is not set has no statement and leaves no doubt."""
    if value is ABSENT or value is None or value == "":
        return PolicyDocument()
    if isinstance(value, Marker):
        return PolicyDocument(doubt=f"the policy is {value.value}")
    if isinstance(value, str):
        return _from_text(value)
    if not isinstance(value, Mapping):
        return PolicyDocument(doubt="the policy is no JSON object")
    hidden = next(unknown_leaves(value), None)
    statements = tuple(
        _statement(_capital(one)) for one in items(_capital(value).get("Statement", ())) if isinstance(one, Mapping)
    )
    return PolicyDocument(
        statements=statements, doubt=f"{hidden} of the policy is unknown until deploy" if hidden else ""
    )


@lru_cache(maxsize=512)
def _from_text(text: str) -> PolicyDocument:
    """Many checks ask for the same few policies."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return PolicyDocument(doubt="the policy is no JSON text")
    return read_document(found) if isinstance(found, Mapping) else PolicyDocument(doubt="the policy is no JSON object")


def _capital(value: Mapping[str, CloudValue]) -> Mapping[str, CloudValue]:
    """Elements as AWS spells them: a loader may give them a small first letter."""
    return {name[:1].upper() + name[1:]: inner for name, inner in value.items()}


def _statement(one: Mapping[str, CloudValue]) -> Statement:
    return Statement(
        effect=str(one.get("Effect", "Allow")),
        sid=str(one.get("Sid") or ""),
        actions=tuple(text.lower() for text in _texts(one.get("Action"))),
        not_actions=tuple(text.lower() for text in _texts(one.get("NotAction"))),
        resources=_texts(one.get("Resource")),
        not_resources=_texts(one.get("NotResource")),
        principals=tuple(_principals(one.get("Principal"))),
        not_principals=tuple(_principals(one.get("NotPrincipal"))),
        conditions=tuple(_conditions(one.get("Condition"))),
    )


def _texts(value: CloudValue) -> tuple[str, ...]:
    return tuple(_text(inner) for inner in items(value) if not isinstance(inner, Marker))


def _text(value: CloudValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _principals(value: CloudValue) -> Iterator[Principal]:
    if value == EVERYBODY:
        yield Principal(kind="AWS", name=EVERYBODY)
    elif isinstance(value, Mapping):
        for kind, names in value.items():
            yield from (Principal(kind=kind, name=name) for name in _texts(names))


def _conditions(value: CloudValue) -> Iterator[Condition]:
    if not isinstance(value, Mapping):
        return
    for operator, keys in value.items():
        if isinstance(keys, Mapping):
            for key, wanted in keys.items():
                hidden = any(inner in (UNKNOWN, HIDDEN) for inner in items(wanted) if isinstance(inner, Marker))
                yield Condition(operator=operator, key=key.lower(), values=_texts(wanted), hidden=hidden)
