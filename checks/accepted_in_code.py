"""From comments of a program to waivers: `accept RULE[,RULE] owner=".." reason=".." until=YYYY-MM-DD [kind=..]`.

A comment that stands beside no resource, names no rule or every rule, or lacks one of the fields waives nothing, and is
reported where it stands.
"""

import re
import shlex
from collections.abc import Iterable
from datetime import date
from typing import Final

from checks.model.waiver import CodeWaiver, WaiverKind
from checks.waiving import MalformedWaiver
from scanner.model.facts.cloud import CodeComment, CodeComments

_RULE: Final = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9]+_\d+|[a-z][a-z0-9]*(-[a-z0-9]+)+")
_KEYS: Final = ("owner", "reason", "until", "kind")
_REQUIRED: Final = ("owner", "reason", "until")
_FORM: Final = 'write `accept RULE owner=".." reason=".." until=YYYY-MM-DD`'


class _Wrong(ValueError):
    """What is wrong with a comment."""


def accepted_in_code(
    seen: Iterable[tuple[str, CodeComments]],
) -> tuple[tuple[CodeWaiver, ...], tuple[MalformedWaiver, ...]]:
    """Waivers, and comments that are none, in the order of their lines; `seen` are pairs of environment and fact.

    One comment that several stacks of a program bring is one waiver, on the resources of all of them.
    """
    places: dict[tuple[str, int, str], set[tuple[str, str]]] = {}
    for environment, fact in seen:
        for comment in fact.comments:
            beside = places.setdefault((comment.file, comment.line, comment.text), set())
            beside.update((environment, urn) for urn in comment.urns)
    waivers, malformed = [], []
    for (file, line, text), beside in sorted(places.items(), key=lambda one: one[0]):
        try:
            waivers.append(_waiver(CodeComment(file=file, line=line, text=text), frozenset(beside)))
        except _Wrong as wrong:
            malformed.append(MalformedWaiver(place=f"{file}:{line}", what=str(wrong)))
    return tuple(waivers), tuple(malformed)


def _waiver(comment: CodeComment, places: frozenset[tuple[str, str]]) -> CodeWaiver:
    rules, fields = _read(comment.text)
    if not places:
        raise _Wrong("it stands at no line that declares a resource")
    missing = [name for name in _REQUIRED if not fields.get(name, "").strip()]
    if missing:
        raise _Wrong(f"it has no {' and no '.join(missing)}: {_FORM}")
    try:
        until = date.fromisoformat(fields["until"])
    except ValueError:
        raise _Wrong(f"until={fields['until']} is no date: {_FORM}") from None
    kind = fields.get("kind", WaiverKind.ACCEPTED)
    if kind not in set(WaiverKind):
        raise _Wrong(f"kind={kind} is none of {', '.join(WaiverKind)}")
    return CodeWaiver(
        rules=rules,
        places=places,
        owner=fields["owner"],
        reason=fields["reason"],
        until=until,
        kind=WaiverKind(kind),
        place=f"{comment.file}:{comment.line}",
    )


def _read(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    try:
        words = shlex.split(text)
    except ValueError:
        raise _Wrong(f"a quotation mark is not closed: {_FORM}") from None
    if not words or words[0] != "accept":
        raise _Wrong(f"it does not begin with `accept`: {_FORM}")
    named = [word for word in words[1:] if "=" not in word]
    rules = tuple(dict.fromkeys(rule for word in named for rule in word.split(",") if rule))
    fields = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    if unknown := [name for name in fields if name not in _KEYS]:
        raise _Wrong(f"it has {', '.join(unknown)}, which nobody reads: {_FORM}")
    if any("*" in rule or rule == "all" for rule in rules) or not rules:
        raise _Wrong("it is too broad: name each rule that is accepted")
    if wrong := [rule for rule in rules if not _RULE.fullmatch(rule)]:
        raise _Wrong(f"{', '.join(wrong)} is no id of a rule")
    return rules, fields
