"""Outputs that AWS would give: names and addresses in AWS's own form, so that policies built from them can be read.

What cannot be said before a deployment (numbers, flags, lists, text of no known form) stays unknown, as in a preview.
"""

import inspect
import json
import re
import typing
from collections.abc import Mapping
from typing import Any, Final

import pulumi

from .request import Request
from .wire import SECRET, SIGNATURE, UNKNOWN, holds, plain

_SAYABLE: Final = ("arn", "id", "name", "url", "endpoint", "host", "domain", "uri")
_ARN_FORMS: Final = {
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{name}",
    "aws:iam/role:Role": "arn:aws:iam::{account}:role/{name}",
    "aws:iam/policy:Policy": "arn:aws:iam::{account}:policy/{name}",
    "aws:iam/user:User": "arn:aws:iam::{account}:user/{name}",
    "aws:lambda/function:Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws:sns/topic:Topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws:secretsmanager/secret:Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "aws:rds/cluster:Cluster": "arn:aws:rds:{region}:{account}:cluster:{name}",
    "aws:rds/instance:Instance": "arn:aws:rds:{region}:{account}:db:{name}",
    "aws:apigateway/restApi:RestApi": "arn:aws:apigateway:{region}::/restapis/{id}",
    "aws:apigateway/stage:Stage": "arn:aws:apigateway:{region}::/restapis/{restApi}/stages/{stageName}",
    "aws:wafv2/webAcl:WebAcl": "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}",
    "aws:wafv2/ipSet:IpSet": "arn:aws:wafv2:{region}:{account}:regional/ipset/{name}/{id}",
}
_OTHER_ARN: Final = "arn:aws:{module}:{region}:{account}:{kind}/{name}"
_ID_IS_ARN: Final = frozenset(
    {"aws:sns/topic:Topic", "aws:secretsmanager/secret:Secret", "aws:acm/certificate:Certificate"}
)
_ID_IS_NAME: Final = frozenset(
    {
        "aws:s3/bucket:Bucket",
        "aws:iam/role:Role",
        "aws:lambda/function:Function",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
    }
)
_URLS: Final = frozenset({"apiEndpoint"})  # besides all that are called a URL
_NAMES: Final = ("name", "bucket", "stageName", "functionName", "clusterIdentifier", "identifier")
_CAPITAL: Final = re.compile(r"(?=[A-Z])")


class _Absent(dict[str, str]):
    """Fills a form: what the program did not set is unknown until deploy, and so is the whole text."""

    def __missing__(self, key: str) -> str:
        return UNKNOWN


class OutputMaker:
    """Answers for every resource of a run; remembers the classes whose declared types it has to keep."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._classes: dict[str, type] = {}

    def answer(self, token: str, name: str, inputs: Mapping[str, Any], known_id: str) -> tuple[str, dict[str, Any]]:
        """(id, outputs) of a resource, in wire format: its inputs, documents as text, and what AWS would add."""
        module, kind = _module_and_kind(token)
        given = {key: value for key, value in inputs.items() if isinstance(value, str)}
        physical = next((given[key] for key in _NAMES if key in given), f"{name}-1a2b3c4")
        fallback = known_id or f"{_CAPITAL.sub('-', kind).lower().strip('-')}-{name}"
        fields = _Absent(given, name=physical, id=fallback, module=module, kind=kind.lower(), **self._place())
        form = _ARN_FORMS.get(token, _OTHER_ARN).format_map(fields)
        arn = UNKNOWN if UNKNOWN in form else form
        own_id = known_id or (arn if token in _ID_IS_ARN else physical if token in _ID_IS_NAME else fallback)
        outputs = {**self._computed(token, name, {"arn": arn, "name": physical, "id": own_id, "kind": kind}), **inputs}
        texts = self._request.json_text.get(token, ())
        return own_id, {key: _as_text(value) if key in texts else value for key, value in outputs.items()}

    def _place(self) -> dict[str, str]:
        return {"account": self._request.account, "region": self._request.region}

    def _computed(self, token: str, name: str, own: Mapping[str, str]) -> dict[str, Any]:
        """Every declared output; an input that the program left out is unknown, because AWS may fill it or not."""
        found: dict[str, Any] = {}
        for prop, (kind, is_input) in self._declared(token).items():
            found[prop] = UNKNOWN
            if prop in own:
                found[prop] = own[prop]
            elif kind is str and not is_input and prop.lower().endswith(_SAYABLE):
                found[prop] = self._sayable(prop, name, own)
        return found

    def _sayable(self, prop: str, name: str, own: Mapping[str, str]) -> str:
        place = self._place()
        if prop == "executionArn":
            return "arn:aws:execute-api:{region}:{account}:{id}".format(id=own["id"], **place)
        if prop == "invokeArn":
            path = f"lambda:path/2015-03-31/functions/{own['arn']}/invocations"
            return f"arn:aws:apigateway:{place['region']}:{path}"
        if prop.lower().endswith("arn"):
            return UNKNOWN if own["arn"] == UNKNOWN else f"{own['arn']}/{prop}"
        plain = f"{own['kind'].lower()}-{name}-{prop.lower()}"
        if prop.lower().endswith("url") or prop in _URLS:  # programs take them apart
            return f"https://{plain}.{place['region']}.amazonaws.com/"
        return plain

    def _declared(self, token: str) -> dict[str, tuple[Any, bool]]:
        """Each property with its type, and whether it can be an input."""
        if token not in self._classes:
            self._classes.update(_resource_classes(pulumi.CustomResource))
        found = self._classes.get(token)
        if found is None:
            return {}
        types = pulumi._types.resource_types(found)  # noqa: SLF001 - what the SDK itself decodes with
        names = pulumi._types.resource_py_to_pulumi_names(found)  # noqa: SLF001 - as above
        constructor: Any = getattr(found, "_internal_init", None) or found
        arguments = inspect.signature(constructor).parameters
        inputs = {names.get(argument, argument) for argument in arguments}
        return {prop: (_unwrapped(kind), prop in inputs) for prop, kind in types.items() if prop != "urn"}


def _resource_classes(base: type) -> dict[str, type]:
    found: dict[str, type] = {}
    subclasses: list[type] = base.__subclasses__()
    for one in subclasses:
        token = getattr(one, "pulumi_type", None)
        if isinstance(token, str):
            found[token] = one
        found.update(_resource_classes(one))
    return found


def _module_and_kind(token: str) -> tuple[str, str]:
    parts = token.split(":")
    return (parts[1].split("/")[0] if len(parts) > 1 else token), parts[-1]


def _unwrapped(kind: Any) -> Any:  # noqa: ANN401 - a type annotation
    options = [one for one in typing.get_args(kind) if one is not type(None)]
    return options[0] if typing.get_origin(kind) is typing.Union and len(options) == 1 else kind


def _as_text(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A policy document as AWS returns it; secret or unknown as a whole if anything in it is."""
    if isinstance(value, str) or value is None:
        return value
    if holds(value, UNKNOWN):
        return UNKNOWN
    if isinstance(value, Mapping) and SIGNATURE in value:
        inner = plain(value)
        return {SIGNATURE: SECRET, "value": inner if isinstance(inner, str) else json.dumps(inner)}
    text = json.dumps(plain(value))
    return {SIGNATURE: SECRET, "value": text} if holds(value, SECRET) else text
