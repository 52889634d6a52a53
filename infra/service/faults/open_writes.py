"""Faults of authentication that lie in writes alone: whoever sends one speaks for the party that its URL names."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from starlette.requests import Request

from infra.service.authentication import Authenticator, Reason
from infra.service.call import Identity
from infra.service.faults.authentication import Lenient
from infra.service.faults.fault import Fault
from infra.service.partner import Partner, Party, Role
from infra.service.settings import Settings
from infra.service.store import Store

_WRITES: Final = frozenset({"PUT", "POST", "PATCH", "DELETE"})
_ANY_TOKEN: Final = frozenset({Reason.MALFORMED, Reason.OTHER_SCHEME, Reason.UNKNOWN_TOKEN})
_NO_TOKEN: Final = frozenset({Reason.MISSING})


def _named(settings: Settings, path: str) -> Partner | None:
    """The partner whose party stands in a URL; the first Charge Point Operator where none does (CDRs are POSTed)."""
    segments = path.split("/")
    pairs = {Party(*pair) for pair in pairwise(segments)}
    operators = (partner for partner in settings.partners if partner.parties(Role.CPO))
    return next((p for p in settings.partners if pairs & p.parties()), next(operators, None))


def _writing(reasons: frozenset[Reason]) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    def wrap(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
        async def second_chance(request: Request) -> Identity | None:
            partner = _named(settings, request.scope["path"]) if request.method in _WRITES else None
            registration = await store.registration(partner.id) if partner is not None else None
            if partner is None or registration is None or registration.bootstrap:
                return None
            return Identity(partner=partner, registration=registration)

        return Lenient(inner, reasons, second_chance)

    return wrap


FAULTS: Final = (
    Fault(
        name="writes-without-token",
        summary="a write without an Authorization header is taken for one of the party in its URL",
        by_writing=True,
        wrap_authenticator=_writing(_NO_TOKEN),
    ),
    Fault(
        name="writes-with-any-token",
        summary="a write with any Authorization header is taken for one of the party in its URL",
        by_writing=True,
        wrap_authenticator=_writing(_ANY_TOKEN),
    ),
)
