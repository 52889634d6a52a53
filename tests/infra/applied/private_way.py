"""What a private integration makes of a request, and what the load balancer behind it does with that.

Mappings and uri are read from the API, rules from the balancer, both in the account; what a rule rewrites is taken from
the call that made it, because moto keeps no rewrites. TLS and the VPC link are not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import quote, urlsplit

from tests.infra.applied.account import Account
from tests.infra.applied.events import HttpRequest, Matched
from tests.infra.applied.rest_gateway import HttpAnswer

_HEADER: Final = "integration.request.header."
_PATH: Final = "integration.request.path."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """What arrives; names of headers are in lower case."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str | None


Container = Callable[[Forwarded], HttpAnswer]


def forwarded(
    request: HttpRequest, matched: Matched, integration: Mapping[str, Any], authorizer: Mapping[str, Any]
) -> Forwarded:
    """HTTP_PROXY: the caller's headers, those of the mappings in their place; the uri with its placeholders filled."""
    context = {"authorizer.principalId": authorizer["principalId"], "requestId": request.request_id}
    headers = {name.lower(): value for name, value in request.headers}
    places: dict[str, str] = {}
    for target, source in integration["requestParameters"].items():
        if target.startswith(_HEADER):
            headers[target.removeprefix(_HEADER).lower()] = context[source.removeprefix("context.")]
        else:
            parameter = matched.parameters[source.removeprefix("method.request.path.")]
            places[target.removeprefix(_PATH)] = quote(parameter, safe="/")
    uri = urlsplit(re.sub(r"\{(\w+)\}", lambda found: places[found[1]], integration["uri"]))
    assert uri.scheme == "https"
    query = urlsplit(request.target).query
    return Forwarded(
        method=integration["httpMethod"],
        host=uri.netloc,
        path=uri.path,
        query=query,
        headers=headers,
        body=request.body,
    )


class Balancer:
    """The one load balancer of an account: by its rules, a container gets a request or nobody does."""

    def __init__(self, account: Account, container: Container) -> None:
        client = account.client("elbv2")
        (balancer,) = client.describe_load_balancers()["LoadBalancers"]
        (self._listener,) = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        found = client.describe_rules(ListenerArn=self._listener["ListenerArn"])["Rules"]
        self._rules = sorted((rule for rule in found if not rule["IsDefault"]), key=lambda rule: int(rule["Priority"]))
        made = [call.parameters for call in account.calls if call.operation == "CreateRule"]
        self._rewrites = {str(one["Priority"]): one["Transforms"] for one in made if "Transforms" in one}
        self._container = container

    def answer(self, request: Forwarded) -> HttpAnswer:
        """Of the first rule that fits, or the listener's own."""
        for rule in self._rules:
            if all(_fits(one, request) for one in rule["Conditions"]):
                return self._container(replace(request, path=self._rewritten(rule["Priority"], request.path)))
        (own,) = self._listener["DefaultActions"]
        status = int(own["FixedResponseConfig"]["StatusCode"])
        return HttpAnswer(status=status, headers={}, body="", by="balancer")

    def _rewritten(self, priority: str, path: str) -> str:
        for transform in self._rewrites.get(priority, ()):
            for rewrite in transform["UrlRewriteConfig"]["Rewrites"]:
                path = re.sub(rewrite["Regex"], rewrite["Replace"], path, count=1)
        return path


def _fits(condition: Mapping[str, Any], request: Forwarded) -> bool:
    asked = {"host-header": request.host, "path-pattern": request.path}[condition["Field"]]
    return any(fnmatchcase(asked, pattern) for pattern in values_of(condition))


def values_of(condition: Mapping[str, Any]) -> list[str]:
    """The patterns of a host or a path."""
    config = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}[condition["Field"]]
    return list(condition[config]["Values"])
