"""A whole SAM template, resource by resource."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import mapping
from scanner.cloud.loaders.cloudformation.sam.apis import IMPLICIT, calls, expand_http_api, expand_rest_api
from scanner.cloud.loaders.cloudformation.sam.functions import expand_function
from scanner.cloud.loaders.cloudformation.sam.parts import Expanded, Node, merged, picked, tags

_PREFIX: Final = "AWS::Serverless::"


def is_sam(kind: str) -> bool:
    """True for a type that SAM's transform replaces."""
    return kind.startswith(_PREFIX)


def expanded(document: Mapping[str, Any], resources: Mapping[str, Node]) -> Expanded:
    """`resources` with SAM's own replaced by what they stand for."""
    out = Expanded()
    held = {name: _with_globals(document, one) for name, one in resources.items() if is_sam(str(one.get("Type")))}
    functions = {name: one for name, one in held.items() if resources[name].get("Type") == f"{_PREFIX}Function"}
    for name, one in resources.items():
        if name not in held:
            out.resources[name] = one
    for name, one in held.items():
        _expand(out, name, str(resources[name]["Type"]).removeprefix(_PREFIX), one, functions)
    for kind, api in IMPLICIT.items():
        if api not in held and any(calls(functions, kind, api)):
            general = mapping(mapping(document.get("Globals")).get(kind))
            expand = expand_rest_api if kind == "Api" else expand_http_api
            expand(out, api, dict(general), functions)
    for name, one in out.resources.items():
        condition = resources.get(out.origins.get(name, ""), {}).get("Condition")
        if condition:
            one.setdefault("Condition", condition)
    return out


def _with_globals(document: Mapping[str, Any], one: Node) -> Node:
    kind = str(one["Type"]).removeprefix(_PREFIX)
    general = mapping(mapping(document.get("Globals")).get(kind))
    found: Node = merged(general, mapping(one.get("Properties")))
    return found


def _expand(out: Expanded, name: str, kind: str, held: Node, functions: Mapping[str, Node]) -> None:
    if kind == "Function":
        expand_function(out, name, held)
    elif kind == "Api":
        expand_rest_api(out, name, held, functions)
    elif kind == "HttpApi":
        expand_http_api(out, name, held, functions)
    elif kind == "SimpleTable":
        _table(out, name, held)
    elif kind == "LayerVersion":
        made = picked(held, "LayerName", "Description", "CompatibleRuntimes", "LicenseInfo")
        out.add(name, "AWS::Lambda::LayerVersion", made, name)
    else:
        out.missing.append(f"{name} ({_PREFIX}{kind}) is not expanded")


def _table(out: Expanded, name: str, held: Node) -> None:
    key = mapping(held.get("PrimaryKey"))
    attribute = key.get("Name", "id")
    kind = {"String": "S", "Number": "N", "Binary": "B"}.get(str(key.get("Type", "String")), "S")
    made = picked(held, "TableName", "SSESpecification", "ProvisionedThroughput", "PointInTimeRecoverySpecification")
    made |= {
        "AttributeDefinitions": [{"AttributeName": attribute, "AttributeType": kind}],
        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
    }
    made |= {"Tags": tags(held["Tags"])} if "Tags" in held else {}
    made |= {} if "ProvisionedThroughput" in held else {"BillingMode": "PAY_PER_REQUEST"}
    out.add(name, "AWS::DynamoDB::Table", made, name)
