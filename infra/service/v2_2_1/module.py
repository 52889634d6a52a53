"""Short forms for declaring the routes of a module."""

from __future__ import annotations

from dataclasses import dataclass

from infra.service.call import Handler, Route
from infra.service.partner import InterfaceRole, Right
from infra.service.v2_2_1.paths import module_path

OBJECT = "/{country_code}/{party_id}/{object_id}"  # a client owned object


@dataclass(frozen=True, slots=True)
class Side:
    """One side of one module; its methods make routes below the module's endpoint."""

    module: str
    role: InterfaceRole

    def read(self, suffix: str, handler: Handler) -> Route:
        """GET."""
        return self._route("GET", suffix, handler, Right.READ)

    def write(self, method: str, suffix: str, handler: Handler) -> Route:
        """A method that changes data."""
        return self._route(method, suffix, handler, Right.WRITE)

    def _route(self, method: str, suffix: str, handler: Handler, right: Right) -> Route:
        template = module_path(self.module, self.role) + suffix
        return Route(method=method, template=template, handler=handler, module=self.module, side=self.role, right=right)


def sender(module: str) -> Side:
    """The side that owns the data."""
    return Side(module, InterfaceRole.SENDER)


def receiver(module: str) -> Side:
    """The side that data is pushed to."""
    return Side(module, InterfaceRole.RECEIVER)
