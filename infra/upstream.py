"""What stands behind the gateway, and how it hands a request over: to a function, or to containers in the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pulumi

from infra.function import Function
from infra.routes import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """In the words of API Gateway's integrations. `link` and `balancer` only where the way is a private one."""

    type: str
    verb: str
    uri: pulumi.Input[str]
    link: pulumi.Input[str] | None = None
    balancer: pulumi.Input[str] | None = None
    parameters: Mapping[str, str] | None = None
    unverified: bool = False  # by a weakness only


class Upstream(Protocol):
    """`triggers` change with what a deployment of the gateway has a snapshot of."""

    @property
    def triggers(self) -> Mapping[str, pulumi.Input[str]]:
        """By name."""
        ...

    def handover(self, route: Route) -> Handover:
        """Of one method on one path."""
        ...

    def admit(self, execution_arn: pulumi.Input[str]) -> None:
        """Let the gateway in, where that takes a permission."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUpstream:
    """A function gets the whole request as an event."""

    function: Function

    @property
    def triggers(self) -> Mapping[str, pulumi.Input[str]]:
        """None: a function keeps its ARN."""
        return {}

    def handover(self, route: Route) -> Handover:  # noqa: ARG002 - the event names the route
        """The same for every route."""
        return Handover(type="AWS_PROXY", verb="POST", uri=self.function.function.invoke_arn)

    def admit(self, execution_arn: pulumi.Input[str]) -> None:
        """For this API alone."""
        self.function.allow_invocation("gateway", "apigateway.amazonaws.com", execution_arn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerUpstream:
    """A load balancer behind a VPC link. `host` is the name in its certificate, which the gateway verifies."""

    host: str
    link: pulumi.Input[str]
    balancer: pulumi.Input[str]
    plain: bool = False  # by a weakness only, as the next one is
    unverified: bool = False

    @property
    def triggers(self) -> Mapping[str, pulumi.Input[str]]:
        """A link or balancer that is made again has another name."""
        return {"upstream": pulumi.Output.concat(self.host, " ", self.link, " ", self.balancer)}

    def handover(self, route: Route) -> Handover:
        """The same path and method, and who calls as a header that no caller can set: the mapping replaces it."""
        names = [part.strip("{+}") for part in route.path if part.startswith("{")]
        path = "/".join(part.replace("+}", "}") for part in route.path)
        return Handover(
            type="HTTP_PROXY",
            verb=route.verb,
            uri=f"{'http' if self.plain else 'https'}://{self.host}/{path}",
            link=self.link,
            balancer=self.balancer,
            parameters={
                "integration.request.header.X-Ocpi-Partner": "context.authorizer.principalId",
                "integration.request.header.X-Gateway-Request-Id": "context.requestId",
                **{f"integration.request.path.{name}": f"method.request.path.{name}" for name in names},
            },
            unverified=self.unverified,
        )

    def admit(self, execution_arn: pulumi.Input[str]) -> None:
        """The security group of the link is what lets the gateway in."""
