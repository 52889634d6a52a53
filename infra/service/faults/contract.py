"""Faults of who may do what: rights that are not in the contract, and parties that are not the token's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.authentication import Authenticator
from infra.service.call import Identity
from infra.service.faults.fault import Fault
from infra.service.faults.leniency import Refused, taking
from infra.service.partner import InterfaceRole, Partner, Party, Right, Role
from infra.service.settings import Settings
from infra.service.store import Store

_FOREVER: Final = datetime(2999, 1, 1, tzinfo=UTC)
_DANGEROUS: Final = frozenset({"commands", "chargingprofiles"})
_FORBIDDEN: Final = 403
_BAD_REQUEST: Final = 400
_WHOLE_LOCATION: Final = 3  # segments below the module: country, party, location
Opens = Callable[[Partner, str, InterfaceRole, Right], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenPartner(Partner):
    """A partner that is let in where `opens` says so, whatever its contract says; it is offered no more than before."""

    opens: Opens

    def may(self, module: str, side: InterfaceRole, right: Right) -> bool:
        """See `Partner.may`."""
        return Partner.may(self, module, side, right) or self.opens(self, module, side, right)


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnybodysPartner(Partner):
    """A partner whose claimed sender is not compared with its own parties."""

    everybody: frozenset[Party]

    def parties(self, *roles: Role) -> frozenset[Party]:
        """See `Partner.parties`."""
        return Partner.parties(self, *roles) if roles else self.everybody


def _values(partner: Partner) -> dict[str, object]:
    return {field.name: getattr(partner, field.name) for field in fields(Partner)}


def _opening(opens: Opens) -> Callable[[Settings], Settings]:
    def opened(settings: Settings) -> Settings:
        partners = tuple(_OpenPartner(**_values(p), opens=opens) for p in settings.partners)  # type: ignore[arg-type]
        return replace(settings, partners=partners)

    return opened


def _our_tokens(_partner: Partner, module: str, side: InterfaceRole, right: Right) -> bool:
    return (module, side, right) == ("tokens", InterfaceRole.SENDER, Right.READ)


def _who_reads_writes(partner: Partner, module: str, side: InterfaceRole, _right: Right) -> bool:
    return Partner.may(partner, module, side, Right.READ)


def _always_on(_partner: Partner, module: str, side: InterfaceRole, _right: Right) -> bool:
    return module in _DANGEROUS and side is InterfaceRole.RECEIVER


def _never_ending(settings: Settings) -> Settings:
    return replace(settings, partners=tuple(replace(p, contract_until=_FOREVER) for p in settings.partners))


def _anybodys(settings: Settings) -> Settings:
    everybody = frozenset(party for partner in settings.partners for party in partner.parties()) | {Party("ZZ", "ZZZ")}
    partners = tuple(
        _AnybodysPartner(**_values(p), everybody=everybody)  # type: ignore[arg-type]
        for p in settings.partners
    )
    return replace(settings, partners=partners)


class _Impersonating:
    """Takes the party in OCPI-from for the one that speaks, once any token was right."""

    def __init__(self, inner: Authenticator, settings: Settings) -> None:
        self._inner = inner
        self._settings = settings

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        identity = await self._inner.authenticate(request)
        named = request.headers.get("ocpi-from-country-code"), request.headers.get("ocpi-from-party-id")
        if named[0] is None or named[1] is None:
            return identity
        claimed = Party(named[0], named[1])
        partner = next((p for p in self._settings.partners if claimed in p.parties()), None)
        return identity if partner is None else replace(identity, partner=partner)


def _impersonating(inner: Authenticator, settings: Settings, _store: Store) -> Authenticator:
    return _Impersonating(inner, settings)


def _names_another_owner(refused: Refused) -> bool:
    return refused.method == "PUT" and refused.message.startswith("country_code and party_id differ")


def _is_of_anothers_part(refused: Refused) -> bool:
    """Of an EVSE or Connector, and refused for nothing but its party."""
    _, _, below = refused.path.partition("/locations/")
    of_a_part = len(below.strip("/").split("/")) > _WHOLE_LOCATION
    return of_a_part and refused.message.startswith(("No such party", "OCPI-from and the URL name"))


def _closed_by_a_bad_request(app: ASGIApp) -> ASGIApp:
    """Answers 400 and no response format where the service answers 403."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        refuses = False

        async def changed(message: Message) -> None:
            nonlocal refuses
            if message["type"] == "http.response.start":
                refuses = message["status"] == _FORBIDDEN
                if refuses:
                    message = {**message, "status": _BAD_REQUEST, "headers": _without_length(message)}
            elif refuses:
                body = b"" if message.get("more_body", False) else json.dumps({"error": "no"}).encode()
                message = {**message, "body": body}
            await send(message)

        await app(scope, receive, changed)

    return wrapped


def _without_length(message: Message) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]


def _not_working(app: ASGIApp) -> ASGIApp:
    """The list of tariffs is refused to everybody, whatever was agreed."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        agreed = scope["type"] == "http" and scope["path"].rstrip("/").endswith("/cpo/2.2.1/tariffs")
        await app({**scope, "path": "/gone", "raw_path": b"/gone"} if agreed else scope, receive, send)

    return wrapped


def _writes_not_working(app: ASGIApp) -> ASGIApp:
    """Tokens that are pushed are refused, whatever was agreed."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        pushed = scope["type"] == "http" and scope["method"] == "PUT" and "/tokens/" in scope["path"]
        await app({**scope, "method": "TRACE"} if pushed else scope, receive, send)

    return wrapped


FAULTS: Final = (
    Fault(
        name="module-beyond-contract",
        summary="every partner can list our drivers' tokens, although it is not offered them",
        in_all=False,
        wrap_settings=_opening(_our_tokens),
    ),
    Fault(
        name="write-with-read-right",
        summary="whoever may read one side of a module may write it, too",
        by_writing=True,
        wrap_settings=_opening(_who_reads_writes),
    ),
    Fault(
        name="commands-always-on",
        summary="commands and charging profiles answer every partner, although only one is offered them",
        in_all=False,
        wrap_settings=_opening(_always_on),
    ),
    Fault(
        name="ended-contract-served",
        summary="the token of a contract that has ended still opens what it opened",
        in_all=False,
        by_writing=True,
        wrap_settings=_never_ending,
    ),
    Fault(
        name="routing-header-believed",
        summary="OCPI-from says who speaks, with any partner's token",
        by_writing=True,
        wrap_authenticator=_impersonating,
    ),
    Fault(
        name="owner-from-body",
        summary="an object that names another owner than its URL is taken",
        by_writing=True,
        wrap_app=taking(_names_another_owner),
    ),
    Fault(
        name="part-owner-unchecked",
        summary="an EVSE or Connector is written for whoever knows its URL",
        in_all=False,
        by_writing=True,
        wrap_app=taking(_is_of_anothers_part),
    ),
    Fault(
        name="hub-sender-unchecked",
        summary="OCPI-from is not compared with the parties of the token",
        in_all=False,
        by_writing=True,
        wrap_settings=_anybodys,
    ),
    Fault(
        name="forbidden-as-bad-request",
        summary="what is not in the contract is refused with HTTP 400",
        in_all=False,
        wrap_app=_closed_by_a_bad_request,
    ),
    Fault(
        name="agreed-list-closed",
        summary="the list of tariffs is not there, although it was agreed and is offered",
        in_all=False,
        wrap_app=_not_working,
    ),
    Fault(
        name="agreed-push-closed",
        summary="pushed tokens are refused, although pushing them was agreed",
        by_writing=True,
        wrap_app=_writes_not_working,
    ),
)
