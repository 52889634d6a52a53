"""Partners and our own parties, read from the config and held against each other."""

from __future__ import annotations

from typing import Final

from infra.config_reader import Section
from infra.contracts import ModuleGrant, Partner, PartyRole

ROLES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP")  # OCPI 2.2.1, types: Role
MODULES: Final = ("cdrs", "chargingprofiles", "commands", "hubclientinfo", "locations", "sessions", "tariffs", "tokens")
SIDES: Final = ("SENDER", "RECEIVER")
RIGHTS: Final = ("read", "write")
ENCODINGS: Final = ("base64", "raw")

_PARTNER_KEYS: Final = (
    "id",
    "roles",
    "modules",
    "addresses",
    "contract_from",
    "contract_until",
    "requests_per_second",
    "token_encoding",
)


def read_roles(section: Section, key: str) -> tuple[PartyRole, ...]:
    """A list of credentials roles."""
    what = "a list of {country_code, party_id, role, name}"
    return tuple(_role(item) for item in section.sections(key, what))


def read_partners(section: Section, stage_rate: int) -> tuple[Partner, ...]:
    """All contracts. Raises SettingsError, also for two partners with one id."""
    items = section.sections("partners", "a list of contracts, see Pulumi.example-test.yaml")
    partners = tuple(_partner(item, stage_rate) for item in items)
    ids = [partner.id for partner in partners]
    for number, partner in enumerate(partners):
        if ids.index(partner.id) != number:
            raise section.error(f"partners[{number}].id", f"is {partner.id!r} a second time; give each partner its own")
    return partners


def _role(section: Section) -> PartyRole:
    section.known_keys_only(("country_code", "party_id", "role", "name"))
    return PartyRole(
        country_code=section.text("country_code", "[A-Z]{2}", "two capital letters (ISO 3166-1)"),
        party_id=section.text("party_id", "[A-Z0-9]{3}", "three capital letters or digits"),
        role=section.choice("role", ROLES),
        name=section.text("name", r"\S.{0,99}", "the business name, at most 100 characters"),
    )


def _partner(section: Section, stage_rate: int) -> Partner:
    section.known_keys_only(_PARTNER_KEYS)
    begin = section.day("contract_from", "the first day of the contract")
    end = section.day("contract_until", "the first day after the contract")
    if end <= begin:
        raise section.error("contract_until", f"is {end}, not after contract_from; set it to a later day")
    return Partner(
        id=section.text("id", "[a-z][a-z0-9-]{1,23}", "2 to 24 lower-case letters, digits and hyphens"),
        roles=read_roles(section, "roles"),
        modules=tuple(_grant(item) for item in section.sections("modules", "a list of {module, side, rights}")),
        addresses=section.networks("addresses", "the IPv4 networks the partner calls from, like 192.0.2.0/28"),
        contract_from=begin,
        contract_until=end,
        requests_per_second=section.number(
            "requests_per_second", 1, stage_rate, "the partner's rate within stageRateLimit"
        ),
        token_encoding=section.choice("token_encoding", ENCODINGS, "base64"),
    )


def _grant(section: Section) -> ModuleGrant:
    section.known_keys_only(("module", "side", "rights"))
    return ModuleGrant(
        module=section.choice("module", MODULES),
        side=section.choice("side", SIDES),
        rights=section.choices("rights", RIGHTS),
    )
