"""What names, tags, routes and hosts say a resource is for."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from scanner.model.leaves import texts
from scanner.model.resource import Resource

# Tags that say to which part of a network a resource belongs; compared without case, dashes and underscores.
_SEGMENT_TAGS: Final = frozenset(
    {"segment", "networksegment", "zone", "networkzone", "securityzone", "tier", "ocpirole"}
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER: Final = re.compile(r"[^a-z0-9]+")
_NAMES: Final = ("name", "identifier", "bucket", "domainName", "functionName", "family")


def words(text: str) -> frozenset[str]:
    """The words of a name: `adminVpc`, `admin-vpc` and `/admin/vpc` have the same."""
    return frozenset(_OTHER.split(_CAMEL.sub(" ", text).lower())) - {""}


def names(one: Resource) -> Iterator[str]:
    """What the author calls the resource: its name in the program, in AWS, and as its Name tag."""
    yield one.name
    for name in _NAMES:
        yield from texts(one.get(name))
    yield from (value for key, value in tags(one) if key == "name")


def tags(one: Resource) -> Iterator[tuple[str, str]]:
    """Tags with their keys in lower case and without what separates words."""
    for source in (one.inputs.get("tags"), one.inputs.get("tagsAll"), one.outputs.get("tagsAll")):
        if isinstance(source, Mapping):
            for key, value in source.items():
                if isinstance(value, str):
                    yield _OTHER.sub("", key.lower()), value


def segments(one: Resource) -> frozenset[str]:
    """The words of the tags that name a segment."""
    said = (value for key, value in tags(one) if key in _SEGMENT_TAGS or key.endswith("segment"))
    return frozenset(word for value in said for word in words(value))


def called(one: Resource, wanted: frozenset[str]) -> str | None:
    """The first of the wanted words that a segment tag or a name has; a segment tag outweighs names."""
    said = segments(one) or frozenset(word for text in names(one) for word in words(text))
    return min(said & wanted, default=None)
