"""Look-ups that a program makes while it runs: answered where the answer does not depend on an account."""

import json
from collections.abc import Mapping
from typing import Any, Final

from .asking import Asked, stand_in
from .request import Request

_ZONES: Final = ("a", "b", "c")


class Invokes:
    """Answers look-ups. `unanswered` names those that only AWS could answer and that the program has to go on with;
    `later` those whose answer it takes as an output, which is unknown here as it is in a first preview.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.unanswered: set[str] = set()
        self.later: set[str] = set()

    def answer(self, token: str, arguments: Mapping[str, Any], how: Asked) -> dict[str, Any] | None:
        """The result of one look-up; None: unknown as a whole."""
        match token.rpartition(":")[2]:
            case "getCallerIdentity":
                return self._caller()
            case "getRegion":
                return self._region()
            case "getPartition":
                return {
                    "id": "aws",
                    "partition": "aws",
                    "dnsSuffix": "amazonaws.com",
                    "reverseDnsPrefix": "com.amazonaws",
                }
            case "getAvailabilityZones":
                return self._zones()
            case "getPolicyDocument":
                return _policy_document(arguments)
            case "getServicePrincipal":
                return self._service(arguments)
            case "getArn":
                return _arn(str(arguments.get("arn", "")))
            case _ if how.later:
                self.later.add(token)
                return None
            case _:
                self.unanswered.add(token)
                return stand_in(how.typ, arguments, self._request.region)

    def _caller(self) -> dict[str, Any]:
        account = self._request.account
        return {"id": account, "accountId": account, "userId": account, "arn": f"arn:aws:iam::{account}:root"}

    def _region(self) -> dict[str, Any]:
        region = self._request.region
        endpoint = f"ec2.{region}.amazonaws.com"
        return {"id": region, "name": region, "region": region, "description": region, "endpoint": endpoint}

    def _zones(self) -> dict[str, Any]:
        names = [f"{self._request.region}{zone}" for zone in _ZONES]
        return {"id": self._request.region, "names": names, "zoneIds": names, "groupNames": [self._request.region]}

    def _service(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        name, region = arguments["serviceName"], arguments.get("region") or self._request.region
        return {
            "id": f"{name}.{region}.amazonaws.com",
            "name": f"{name}.amazonaws.com",
            "region": region,
            "serviceName": name,
            "suffix": "amazonaws.com",
        }


def _arn(text: str) -> dict[str, Any]:
    """The parts of an ARN (AWS IAM User Guide, Amazon Resource Names)."""
    _, partition, service, region, account, resource = [*text.split(":", 5), *[""] * 6][:6]
    parts = {"partition": partition, "service": service, "region": region, "account": account, "resource": resource}
    return {"id": text, "arn": text, **parts}


def _policy_document(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The document that the provider's data source would write."""
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    document["Statement"] = [_statement(one) for one in arguments.get("statements") or ()]
    text = json.dumps(document)
    return {"id": "policy", "json": text, "minifiedJson": text}


def _statement(one: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": one.get("effect") or "Allow"}
    names = {"sid": "Sid", "actions": "Action", "notActions": "NotAction"}
    names |= {"resources": "Resource", "notResources": "NotResource"}
    statement |= {target: _one_or_many(one[name]) for name, target in names.items() if one.get(name)}
    for name, target in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if one.get(name):
            statement[target] = _principals(one[name])
    if one.get("conditions"):
        statement["Condition"] = _conditions(one["conditions"])
    return statement


def _one_or_many(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _principals(given: list[Mapping[str, Any]]) -> Any:  # noqa: ANN401 - any JSON
    found: dict[str, Any] = {}
    for one in given:
        if one["type"] == "*":
            return "*"
        found[one["type"]] = _one_or_many(one["identifiers"])
    return found


def _conditions(given: list[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for one in given:
        found.setdefault(one["test"], {})[one["variable"]] = _one_or_many(one["values"])
    return found
