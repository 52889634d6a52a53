"""Storage of the service, behind one interface: `memory` and `sqlite` here, others beside them."""

from __future__ import annotations

from infra.service.store.interface import (
    Collection,
    Kind,
    ObjectKey,
    Page,
    PutOutcome,
    Store,
    StoredObject,
    Visibility,
    Window,
)

__all__ = ["Collection", "Kind", "ObjectKey", "Page", "PutOutcome", "Store", "StoredObject", "Visibility", "Window"]
