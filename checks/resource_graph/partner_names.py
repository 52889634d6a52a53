"""Which partner a resource is for, by what its author calls it: its names, its description, its tags."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from checks.resource_graph.words import names, tags
from scanner.model.leaves import texts
from scanner.model.party import Contract
from scanner.model.resource import Resource

_OTHER: Final = re.compile(r"[^a-z0-9]+")


def named_for(resources: Iterable[Resource], contracts: Iterable[Contract]) -> tuple[Contract, ...]:
    """The contracts whose partner, or party (`NL-ABC`), one of the resources names; other words may stand around it."""
    said = " ".join(f"-{_plain(text)}-" for one in resources for text in _said(one))
    found = (one for one in contracts if any(f"-{_plain(name)}-" in said for name in (one.partner, str(one.party))))
    return _most_telling(tuple(found))


def _most_telling(found: tuple[Contract, ...]) -> tuple[Contract, ...]:
    """Of `mobility` and `mobility-north`, a resource with the second name is for the second."""
    names_of = {one.partner: f"-{_plain(one.partner)}-" for one in found}
    return tuple(
        one
        for one in found
        if not any(names_of[one.partner] in name and other != one.partner for other, name in names_of.items())
    )


def _plain(text: str) -> str:
    return _OTHER.sub("-", text.lower()).strip("-")


def _said(one: Resource) -> Iterator[str]:
    yield from names(one)
    yield from texts(one.get("description"))
    yield from (value for _, value in tags(one))
