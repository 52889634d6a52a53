"""Whose objects a request may read or write: URL, headers, body and token must name the same party."""

from __future__ import annotations

from infra.service.call import Call
from infra.service.partner import Party, Role
from infra.service.status import forbidden, invalid_object, not_found
from infra.service.store import Visibility
from infra.service.strict_json import JsonObject


def our_parties(call: Call, role: Role) -> frozenset[Party]:
    """Our parties with that role; only the one that OCPI-to names, if it names one."""
    parties = call.services.settings.own_parties(role)
    receiver = call.routed.receiver if call.routed else None
    return parties if receiver is None else parties & {receiver}


def their_parties(call: Call, *roles: Role) -> frozenset[Party]:
    """The partner's parties with one of the roles; only the one that OCPI-from names, if it names one."""
    parties = call.partner.parties(*roles)
    sender = call.routed.sender if call.routed else None
    return parties if sender is None else parties & {sender}


def for_everybody(call: Call, role: Role) -> Visibility:
    """Our own objects of a role, the same for each partner: locations, tariffs, tokens."""
    return Visibility(owners=our_parties(call, role))


def for_tenant(call: Call) -> Visibility:
    """Our sessions and CDRs of the partner's own drivers."""
    return Visibility(owners=our_parties(call, Role.CPO), tenants=their_parties(call, Role.EMSP))


def pushed_by(call: Call, role: Role) -> Visibility:
    """What the partner itself pushed to us."""
    return Visibility(owners=their_parties(call, role))


def owner_in_path(call: Call) -> Party:
    """The party that the URL names."""
    return Party(call.path["country_code"], call.path["party_id"])


def writing_owner(call: Call, role: Role) -> Party:
    """The party in the URL, which must be the partner's (404 otherwise) and the one in OCPI-from (403 otherwise)."""
    owner = owner_in_path(call)
    if owner not in call.partner.parties(role):
        raise not_found("No such party")
    check_sender(call, owner, "the URL")
    return owner


def check_sender(call: Call, owner: Party, what: str) -> None:
    """Refuse a request whose OCPI-from names another party than its object does."""
    if call.routed is not None and call.routed.sender not in (None, owner):
        raise forbidden(f"OCPI-from and {what} name different parties")


def check_owner(document: JsonObject, owner: Party) -> None:
    """Refuse an object that names another owner than its URL does; objects of 2.1.1 name none."""
    if "country_code" in document and Party(document["country_code"], document["party_id"]) != owner:
        raise invalid_object("country_code and party_id differ from those in the URL")


def check_id(document_id: str, url_id: str) -> None:
    """Refuse an object that names another id than its URL does; ids are compared without case."""
    if document_id.lower() != url_id.lower():
        raise invalid_object("The id differs from the one in the URL")


def driver_of(call: Call, document: JsonObject) -> Party:
    """The eMSP whose driver a pushed session or CDR is about: one of our parties.

    2.1.1 names no party: it is our one eMSP party.
    """
    ours = our_parties(call, Role.EMSP)
    token = document.get("cdr_token")
    emsp = Party(token["country_code"], token["party_id"]) if token else min(ours, default=None)
    if emsp is None or emsp not in ours:
        raise invalid_object("cdr_token names a party that is not on this platform")
    return emsp
