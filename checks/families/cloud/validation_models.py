"""The models of the gateway: as open to fields they do not know as OCPI asks."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_MODEL: Final = "aws:apigateway/model:Model"
_HTTP_MODEL: Final = "aws:apigatewayv2/model:Model"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _open(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_each(case, Stack(declared=case.driver.fact).of(_MODEL, _HTTP_MODEL), "model", _takes_unknown_fields)


def _takes_unknown_fields(model: Resource) -> Judgement:
    schema = model.get("schema")
    if not isinstance(schema, str):
        return unknown("its schema")
    try:
        closed = list(_closed(json.loads(schema), "#"))
    except (ValueError, RecursionError):
        return undecided("its schema is no JSON that can be read")
    if closed:
        return fails(f"refuses unknown fields at {closed[0]}: a partner with a newer or extended object is locked out")
    return passes("takes objects with fields that it does not know")


def _closed(schema: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False:
            yield path
        for name, inner in schema.items():
            yield from _closed(inner, f"{path}/{name}")
    elif isinstance(schema, list):
        for number, inner in enumerate(schema):
            yield from _closed(inner, f"{path}/{number}")


OPEN: Final = Check(
    id="cloud-validation-unknown-fields-pass",
    title="Models of the gateway take fields that they do not know",
    controls=("OCPI-BP-01",),
    severity=Severity.MEDIUM,
    source="OCPI 2.3.0, transport and format: non-specified JSON fields",
    looks_at=_NEEDS,
    judge=_open,
    remediation="Leave additionalProperties open in the schemas of models.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (OPEN,)
