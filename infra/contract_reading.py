"""Partners and our own parties, read from the config and held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network
from typing import Final

from infra.config_reader import Section
from infra.contracts import ClientNames, ModuleGrant, Partner, PartyRole

ROLES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP")  # OCPI 2.2.1, types: Role
MODULES: Final = ("cdrs", "chargingprofiles", "commands", "hubclientinfo", "locations", "sessions", "tariffs", "tokens")
SIDES: Final = ("sender", "receiver")  # the interface of ours that the partner uses
RIGHTS: Final = ("read", "write")
ROTATIONS: Final = ("by-hand", "handshake")
_NAME: Final = r"[A-Za-z0-9.]+=\S.{0,1000}"
_VERSIONS_URL: Final = r"https://([a-z0-9-]{1,63}\.)+[a-z]{2,63}(:\d{1,5})?/\S{0,200}"
ENCODINGS: Final = ("base64", "raw")
_ID: Final = re.compile("[a-z][a-z0-9-]{1,23}")

_PARTNER_KEYS: Final = (
    *("party", "roles", "name", "modules", "contract", "addresses", "requests_per_second", "token_encoding"),
    *("contact", "certificate", "versions_url", "rotation"),
)
_KEPT: Final = ("kept_at_least_days", "kept_at_most_days")
_LONGEST_DAYS: Final = 36_500
_DAY: Final = timedelta(days=1)
_DATED_ONLY: Final = "commands"  # moves hardware: off unless a dated clause turns it on


def read_roles(section: Section, key: str) -> tuple[PartyRole, ...]:
    """A list of credentials roles."""
    what = "a list of {country_code, party_id, role, name}"
    return tuple(_role(item) for item in section.sections(key, what))


def read_partners(section: Section, stage_rate: int) -> tuple[Partner, ...]:
    """All contracts, by name; the scanner's configuration takes the same block.

    Raises: SettingsError, also for two partners that are one party, call from one network or show one certificate.
    """
    items = section.named("partners", "contracts by name, see Pulumi.example-test.yaml")
    for name, item in items.items():
        if not _ID.fullmatch(name):
            raise item.error("", "is no name for a partner; set it to 2 to 24 lower-case letters, digits and hyphens")
    partners = tuple(_partner(name, item, stage_rate) for name, item in items.items())
    for number, one in enumerate(partners):
        for other in partners[:number]:
            _refuse_shared(items[one.id], one, other)
    return partners


def _refuse_shared(section: Section, one: Partner, other: Partner) -> None:
    """Who has another's party may write its objects; an address or a certificate of two tells them not apart.

    Revoking such a certificate would also shut out the other one.
    """
    theirs = {(role.country_code, role.party_id) for role in other.roles}
    if theirs & {(role.country_code, role.party_id) for role in one.roles}:
        raise section.error("party", f"is the party of {other.id}, too; give each partner its own")
    for network in one.addresses:
        if any(IPv4Network(network).overlaps(IPv4Network(taken)) for taken in other.addresses):
            raise section.error("addresses", f"has {network}, which overlaps those of {other.id}; set it apart")
    if one.certificate is not None and one.certificate == other.certificate:
        raise section.error("certificate", f"is that of {other.id}, too; give each partner its own")


def _role(section: Section) -> PartyRole:
    section.known_keys_only(("country_code", "party_id", "role", "name"))
    return PartyRole(
        country_code=section.text("country_code", "[A-Z]{2}", "two capital letters (ISO 3166-1)"),
        party_id=section.text("party_id", "[A-Z0-9]{3}", "three capital letters or digits"),
        role=section.choice("role", ROLES),
        name=section.text("name", r"\S.{0,99}", "the business name, at most 100 characters"),
    )


def _partner(name: str, section: Section, stage_rate: int) -> Partner:
    section.known_keys_only(_PARTNER_KEYS)
    begin, end = _contract(section)
    return Partner(
        id=name,
        roles=_roles_of(name, section),
        modules=tuple(
            grant for module, item in _modules(section).items() for grant in _grants(module, item, begin, end)
        ),
        addresses=section.networks("addresses", "the IPv4 networks the partner calls from, like 192.0.2.0/28"),
        contract_from=begin,
        contract_until=end,
        requests_per_second=section.number(
            "requests_per_second", 1, stage_rate, "the partner's rate within stageRateLimit"
        ),
        token_encoding=section.choice("token_encoding", ENCODINGS, "base64"),
        contact=section.text("contact", r"\S.{0,199}", "whom to call, at most 200 characters")
        if "contact" in section
        else None,
        certificate=_certificate(section),
        versions_url=_versions_url(section),
        rotation=section.choice("rotation", ROTATIONS, "by-hand"),
    )


def _certificate(section: Section) -> ClientNames | None:
    if "certificate" not in section:
        return None
    names = section.section("certificate", "{subject: CN=.., issuer: CN=..}")
    names.known_keys_only(("subject", "issuer"))
    what = "the name in the partner's client certificates, like CN=ocpi.example.com,O=Example"
    return ClientNames(subject=names.text("subject", _NAME, what), issuer=names.text("issuer", _NAME, what))


def _versions_url(section: Section) -> str | None:
    if "versions_url" not in section:
        return None
    return section.text("versions_url", _VERSIONS_URL, "the https URL of the partner's versions, at a host name")


def _roles_of(name: str, section: Section) -> tuple[PartyRole, ...]:
    """One party in each of its roles, under one business name."""
    party = section.text("party", "[A-Z]{2}-[A-Z0-9]{3}", "country code and party id, like NL-ABC")
    business = section.text("name", r"\S.{0,99}", "the business name, at most 100 characters", name)
    country, _, party_id = party.partition("-")
    return tuple(
        PartyRole(country_code=country, party_id=party_id, role=role, name=business)
        for role in section.some("roles", ROLES)
    )


def _contract(section: Section) -> tuple[date, date]:
    """First day, and the first day after the last."""
    contract = section.section("contract", "{starts: DAY, ends: DAY}, both included")
    contract.known_keys_only(("starts", "ends", *_KEPT))
    _window(contract)
    begin = contract.day("starts", "the first day of the contract")
    end = contract.day("ends", "the last day of the contract")
    if end < begin:
        raise contract.error("ends", f"is {end}, before `starts`; set it to a later day")
    if end < datetime.now(UTC).date():
        raise contract.error("ends", f"is {end}, which is over; set it to the renewed end, or remove the partner")
    return begin, end + _DAY


def _window(contract: Section) -> None:
    """How long records stay is the same for all partners in this stack; a scan holds it against each contract."""
    low, high = (contract.number(key, 1, _LONGEST_DAYS, "days") if key in contract else None for key in _KEPT)
    if low is not None and high is not None and low > high:
        raise contract.error(_KEPT[1], f"is {high}, less than `{_KEPT[0]}`; set it to {low} or more")


def _modules(section: Section) -> Mapping[str, Section]:
    modules = section.named("modules", "modules by name, each {sides: [..], rights: [..]}")
    for module, item in modules.items():
        if module not in MODULES:
            raise item.error("", f"is no module; set one of: {', '.join(MODULES)}")
    return modules


def _grants(module: str, section: Section, begin: date, end: date) -> Iterator[ModuleGrant]:
    """One for each side. The days of a clause lie within the contract's."""
    section.known_keys_only(("sides", "rights", "starts", "ends"))
    if module == _DATED_ONLY and not {"starts", "ends"} <= set(section):
        raise section.error(
            "", "moves hardware; set `starts` and `ends` of the clause that turns it on, or leave it out"
        )
    first = section.day("starts", "the first day of the clause") if "starts" in section else None
    last = section.day("ends", "the last day of the clause") if "ends" in section else None
    opens, closes = first or begin, last or end - _DAY
    if not begin <= opens <= closes < end:
        raise section.error("", f"has a clause from {opens} to {closes}; set it to days within the contract")
    for side in section.some("sides", SIDES):
        yield ModuleGrant(
            module=module,
            side=side.upper(),
            rights=section.some("rights", RIGHTS),
            clause_from=first,
            clause_until=None if last is None else last + _DAY,
        )
