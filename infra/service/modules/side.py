"""Short forms for declaring the routes of a module."""

from __future__ import annotations

from dataclasses import dataclass

from infra.service.call import Handler, Route
from infra.service.modules.dialect import Dialect
from infra.service.partner import InterfaceRole, Right

OBJECT = "/{country_code}/{party_id}/{object_id}"  # a client owned object


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of one module; its methods make routes below the module's endpoint.

    `routed` False: requests go from platform to platform, and routing headers mean nothing.
    """

    dialect: Dialect
    module: str
    role: InterfaceRole
    routed: bool = True

    def read(self, suffix: str, handler: Handler) -> Route:
        """GET."""
        return self._route("GET", suffix, handler, Right.READ)

    def write(self, method: str, suffix: str, handler: Handler) -> Route:
        """A method that changes data."""
        return self._route(method, suffix, handler, Right.WRITE)

    def _route(self, method: str, suffix: str, handler: Handler, right: Right) -> Route:
        return Route(
            method=method,
            template=self.dialect.path(self.module, self.role) + suffix,
            handler=handler,
            module=self.module,
            side=self.role,
            right=right,
            routed=self.routed and self.dialect.names_parties,
        )


def sender(dialect: Dialect, module: str, *, routed: bool = True) -> Side:
    """The side that owns the data."""
    return Side(dialect=dialect, module=module, role=InterfaceRole.SENDER, routed=routed)


def receiver(dialect: Dialect, module: str, *, routed: bool = True) -> Side:
    """The side that data is pushed to."""
    return Side(dialect=dialect, module=module, role=InterfaceRole.RECEIVER, routed=routed)
