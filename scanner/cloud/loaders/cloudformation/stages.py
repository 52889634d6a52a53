"""Stages that an ARN names by their text: `arn:..:/restapis/${Api}/stages/live` means the stage that is called live."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.written import Written
from scanner.model.late_dataclass import dataclass

_NAMED: Final = re.compile(r"/(?:restapis|apis)/.*?/stages/([^\"/$]+)")
_STAGES: Final = {"AWS::ApiGateway::Stage": "RestApiId", "AWS::ApiGatewayV2::Stage": "ApiId"}
_PLACES: Final = {"resourceArn": "ResourceArn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """`by_name`: (API's id, stage name) to the stage's id. `said`: the text of ARNs, by resource and property."""

    by_name: Mapping[tuple[str, str], str]
    said: Mapping[tuple[str, str], str]

    def meant(self, resource: str, prop: str, ids: Iterable[str]) -> Iterator[str]:
        """Ids of stages that the property of a resource names, of the APIs that it refers to."""
        found = _NAMED.search(self.said.get((resource, prop), ""))
        if found:
            yield from (self.by_name[(one, found[1])] for one in ids if (one, found[1]) in self.by_name)


def stages_named(written: Iterable[Written]) -> Stages:
    """Of all resources of a template."""
    everything = tuple(written)
    return Stages(
        by_name={key: one.name for one in everything for key in _keys(one.kind, one.properties)},
        said={
            (one.name, prop): json.dumps(one.properties[place], default=str)
            for one in everything
            for prop, place in _PLACES.items()
            if place in one.properties
        },
    )


def _keys(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    api = properties.get(_STAGES.get(kind, ""))
    name = properties.get("StageName")
    if isinstance(api, dict) and isinstance(api.get("Ref"), str) and isinstance(name, str):
        yield api["Ref"], name
