"""The map as bytes, and the review list that a person reads after a run."""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Final

from scanner.cloud.bridge.generator.match_properties import PropertyMapper, Review, interned
from scanner.cloud.bridge.generator.match_tokens import Match
from scanner.cloud.bridge.generator.shapes import Universe

FORMAT: Final = 1
_LOW: Final = 0.8


def map_document(
    matches: Sequence[Match], mapper: PropertyMapper, pulumi: Universe, terraform: Universe
) -> dict[str, object]:
    """The data that `token_map` loads: tokens to (type, table), tables of exceptions, and where they came from."""
    indices = {match.token: mapper.resource(match) for match in matches}
    types, numbers = interned(mapper.types)
    return {
        "format": FORMAT,
        "pulumi_aws": pulumi.version,
        "terraform_aws": terraform.version,
        "tokens": {match.token: [match.terraform, numbers[indices[match.token]]] for match in matches},
        "types": types,
    }


def packed(document: Mapping[str, object]) -> bytes:
    """Compact sorted JSON, gzipped without name and time: equal input, equal bytes."""
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def review_text(matches: Sequence[Match], review: Review, pulumi: Universe, terraform: Universe) -> str:
    """One line for each thing that was not obvious, in sections, sorted."""
    low = [f"{m.likeness:.2f} {m.token} {m.terraform}" for m in matches if m.likeness < _LOW]
    missing = sorted(set(pulumi.resources) - {match.token for match in matches})
    nested = [line for line in review.unmatched if not line.startswith("aws:")]
    sections = {
        f"pulumi-aws {pulumi.version}, Terraform provider {terraform.version}": [],
        "properties by how the name was found": [f"{how}: {n}" for how, n in sorted(review.counts.items())],
        "tokens without a type": missing,
        f"tokens whose properties are less than {_LOW} alike": sorted(low),
        "properties found by likeness": sorted(review.fuzzy),
        "top-level properties without an attribute": sorted(set(review.unmatched) - set(nested)),
        "nested properties without an attribute": sorted(nested),
        "shapes that do not fit": sorted(set(review.odd_shapes)),
    }
    return "\n".join(f"# {title}\n" + "".join(f"{line}\n" for line in lines) for title, lines in sections.items())
