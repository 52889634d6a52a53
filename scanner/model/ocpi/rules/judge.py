"""Objects against the semantic rules of one version.

Complements scanner.model.ocpi.validator: where a type is wrong, its violation says so, and no rule speaks about
that place. Unknown fields are never wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.rules.catalog import RULES
from scanner.model.ocpi.rules.context import RuleContext
from scanner.model.ocpi.rules.read import JsonObject
from scanner.model.ocpi.rules.rule import BrokenRule, Judge, Scope, SemanticRule
from scanner.model.ocpi.specification import Cardinality, specification
from scanner.model.ocpi.validator import validate

_SINGLE: Final = frozenset({Cardinality.ONE, Cardinality.OPTIONAL})
_NOTHING_ELSE: Final = RuleContext()
_MOST_SKEW: Final = timedelta(days=366)  # a longer one is no skew of clocks


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules of a class, and the properties in which objects with rules may be."""

    judges: tuple[tuple[Judge, SemanticRule], ...]
    inside: list[tuple[str, bool, "_Plan"]] = field(default_factory=list)  # key, single, plan


def broken_rules(
    version: str, class_name: str, value: JsonValue, *, now: datetime, context: RuleContext | None = None
) -> Iterator[BrokenRule]:
    """Every semantic rule that an object of a class of one version breaks: the object first, then what it holds.

    `now` is aware, or UTC. A partial object (PATCH) may be judged, too: rules step aside where a field is absent.

    Raises: KeyError if the version or the class is not known.
    """
    plan = _plan(version, class_name)
    scope = _scope(version, now, context or _NOTHING_ELSE)
    found: list[BrokenRule] = []
    if isinstance(value, (dict, Mapping)):
        _judge(plan, value, scope, "", found)
        _judge_held(plan, value, _inside(scope), "", found)
    if not found:
        return
    wrong = {violation.pointer for violation in validate(version, class_name, value)}
    yield from (broken for broken in found if not _at_or_below(broken.pointer, wrong))


@cache
def rules_of(version: str, class_name: str) -> tuple[SemanticRule, ...]:
    """The rules of a class itself, not of what it holds."""
    return tuple(rule for rule in RULES if version in rule.versions and class_name in rule.classes)


def _scope(version: str, now: datetime, context: RuleContext) -> Scope:
    at = now.replace(tzinfo=UTC) if now.tzinfo is None else now
    return Scope(version=version, now=at, latest=at + min(context.skew, _MOST_SKEW), context=context)


def _inside(scope: Scope) -> Scope:
    """URL and former state are those of the object itself, not of what it holds."""
    if scope.context.owner is None and scope.context.previous is None:
        return scope
    return replace(scope, context=replace(scope.context, owner=None, previous=None))


def _judge(plan: _Plan, value: JsonObject, scope: Scope, pointer: str, found: list[BrokenRule]) -> None:
    for judge, rule in plan.judges:
        for place in judge(value, scope):
            at = pointer + place
            found.append(BrokenRule(pointer=at, rule=rule.id, section=rule.section, expected=rule.sentence))


def _judge_held(plan: _Plan, value: JsonObject, scope: Scope, pointer: str, found: list[BrokenRule]) -> None:
    for key, single, inner in plan.inside:
        held = value.get(key)
        if held is None:
            continue
        if single:
            _walk(inner, held, scope, f"{pointer}/{key}", found)
        elif isinstance(held, (list, tuple)):
            for position, item in enumerate(held):
                _walk(inner, item, scope, f"{pointer}/{key}/{position}", found)


def _walk(plan: _Plan, value: JsonValue, scope: Scope, pointer: str, found: list[BrokenRule]) -> None:
    if isinstance(value, (dict, Mapping)):
        _judge(plan, value, scope, pointer, found)
        _judge_held(plan, value, scope, pointer, found)


@cache
def _plan(version: str, class_name: str) -> _Plan:
    classes = specification(version).classes
    plan = _Plan(tuple((rule.judge, rule) for rule in rules_of(version, class_name)))
    for key, kind in classes[class_name].items():
        if kind.name in classes:
            inner = _plan(version, kind.name)
            if inner.judges or inner.inside:
                plan.inside.append((key, kind.cardinality in _SINGLE, inner))
    return plan


def _at_or_below(pointer: str, wrong: set[str]) -> bool:
    return any(pointer == found or pointer.startswith(f"{found}/") for found in wrong)
