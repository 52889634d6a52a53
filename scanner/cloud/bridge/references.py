"""Which resources a property refers to, as Terraform expressions: Checkov's graph is made from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.cloud.bridge.addresses import Addressed
from scanner.cloud.bridge.names import snake
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import CloudValue

_TELLING: Final = 6  # characters from which an output value is no coincidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFinder:
    """`outputs`: for each address, its telling output values and their attribute (`arn`, `id`)."""

    by_urn: Mapping[str, Addressed]
    outputs: Mapping[str, Mapping[str, str]]

    def of(self, urns: Iterable[str], value: CloudValue) -> list[str]:
        """`aws_kms_key.a.arn` and `aws_kms_key.a` for each URN, sorted; an attribute if `value` holds its value."""
        held = tuple(texts(value))
        found: list[str] = []
        for one in sorted((self.by_urn[urn] for urn in set(urns) if urn in self.by_urn), key=lambda a: a.address):
            attributes = {name for text, name in self.outputs[one.address].items() if any(text in t for t in held)}
            found.extend(f"{one.address}.{name}" for name in sorted(attributes))
            found.append(one.address)
        return found


def reference_finder(resources: Sequence[Addressed]) -> ReferenceFinder:
    """Made once for all resources: an output value is telling if only one resource has it."""
    values = {one.address: dict(_outputs(one)) for one in resources}
    owners = Counter(text for each in values.values() for text in each)
    telling = {address: {t: n for t, n in each.items() if owners[t] == 1} for address, each in values.items()}
    return ReferenceFinder(by_urn={one.resource.urn: one for one in resources}, outputs=telling)


def _outputs(one: Addressed) -> Iterator[tuple[str, str]]:
    inputs = set(texts(dict(one.resource.inputs)))
    for name, value in sorted(one.resource.outputs.items(), reverse=True):
        if isinstance(value, str) and len(value) >= _TELLING and value not in inputs:
            yield value, snake(name)
    if one.resource.id and len(one.resource.id) >= _TELLING:
        yield one.resource.id, "id"


def expression(value: object, unknown: object, references: Sequence[str]) -> object:
    """The expression of one attribute that refers to others.

    On the attribute itself; or, in a block with unknown leaves, on those leaves, which stand in for the missing values.
    """
    if isinstance(unknown, list) and isinstance(value, list) and any(isinstance(item, dict) for item in value):
        pairs = zip(value, unknown, strict=True)
        return [_in_block(item, flags, references) if isinstance(flags, dict) else {} for item, flags in pairs]
    return {"references": list(references)}


def _in_block(value: object, unknown: Mapping[str, object], references: Sequence[str]) -> dict[str, object]:
    inner = value if isinstance(value, dict) else {}
    return {name: expression(inner.get(name), flags, references) for name, flags in unknown.items()}
