"""Tariffs (mod_tariffs): lists as Sender; pushed and deleted Tariffs as Receiver. PATCH is in 2.1.1 only."""

from __future__ import annotations

from infra.service.call import Route
from infra.service.modules.dialect import Dialect
from infra.service.modules.object_module import ObjectModule
from infra.service.modules.side import OBJECT, receiver, sender
from infra.service.partner import Role
from infra.service.store import Kind


def tariff_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""
    module = ObjectModule(dialect=dialect, kind=Kind.TARIFFS, model=dialect.types.tariff, owner=Role.CPO)
    ours, pushed = sender(dialect, "tariffs"), receiver(dialect, "tariffs")
    routes = (
        ours.read("", module.list),
        pushed.read(OBJECT, module.get_pushed),
        pushed.write("PUT", OBJECT, module.put),
        pushed.write("DELETE", OBJECT, module.delete),
    )
    return routes if dialect.names_parties else (*routes, pushed.write("PATCH", OBJECT, module.patch))
