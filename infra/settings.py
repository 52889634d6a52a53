"""The stack's config, read and checked before anything is registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra import stack_config
from infra.config_reader import Section, SettingsError
from infra.container_settings import SERVICES, ContainerSettings, read_container
from infra.contract_reading import read_partners, read_roles
from infra.contracts import Partner, PartyRole
from infra.delivered_to import DeliveredTo, read_delivered_to
from infra.detector_names import DETECTORS
from infra.domain import TrustStore
from infra.flood_protection import read_hosted_zone
from infra.network_settings import (
    EGRESS,
    RANGE,
    ZONES,
    read_egress_hosts,
    read_vpc_cidr,
    read_zones,
    refuse_crowded,
)
from infra.people_names import Names, read_names
from infra.release import read_release
from infra.stack_config import ACCOUNT, ACCOUNT_WORDS, SHARED_DEFAULTS, SHARED_KEYS, read_section
from infra.weaknesses import OF_CONTAINERS, OF_THE_WAY_OUT, Weakness

__all__ = ["DEFAULTS", "Settings", "SettingsError", "read"]

# The same as in Pulumi.yaml: the engine applies those, other runners of the program apply these.
DEFAULTS: Final[dict[str, Any]] = SHARED_DEFAULTS | {
    "vpcCidr": RANGE,
    "availabilityZones": [*ZONES],
    "rotationDays": 60,
    "addressRateLimit": 3000,
    "tokenRateLimit": 6000,
    "stageRateLimit": 200,
    "serviceConcurrency": 50,
    "service": SERVICES[0],
    "container": {},
    "dependencies": "build/lambda-libraries",
    "mutualTls": {},
    "egress": EGRESS,
    "egressReason": "",
    "shieldAdvanced": {},
    "release": "",
    "detectors": ["access-analyzer", "config", "security-hub"],
    "auditAccountId": "",
    "peopleAccountId": "",
    "people": {},
    "scannerToken": "closed",
    "scannerSecret": {},
    "quarantine": "closed",
    "weaken": [],
}
HOST: Final = r"(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}"
HOST_WORDS: Final = "a host name, lower case"
_OBJECTS: Final = (
    *("parties", "partners", "availabilityZones", "mutualTls", "shieldAdvanced", "detectors", "people", "weaken"),
    *("container", "scannerSecret"),
)
KEYS: Final = tuple(dict.fromkeys((*SHARED_KEYS, "domainName", "certificateArn", "parties", "partners", *DEFAULTS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rates of the edge."""

    address_per_5_minutes: int
    token_per_5_minutes: int
    stage_per_second: int
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two environments."""

    environment: str
    account_id: str
    region: str
    domain_name: str
    certificate_arn: str
    alarm_email: str
    parties: tuple[PartyRole, ...]
    partners: tuple[Partner, ...]
    vpc_cidr: str
    zones: tuple[str, ...]  # eu-central-1a, ...
    log_retention_days: int
    rotation_days: int
    limits: Limits
    dependencies: str
    container: ContainerSettings | None  # None: the service runs on Lambda
    egress_hosts: tuple[str, ...] | None  # of the partners; None: no filtered way out
    shielded_zone: str | None  # hosted zone under Shield Advanced
    is_released: bool  # its data may go with the next `pulumi destroy`
    trust_store: TrustStore | None  # None: partners show no certificates
    detectors: tuple[str, ...]
    auditor: str | None  # account of the scheduled scanner
    opens_scanner_token: bool  # to one role of the auditor
    opens_quarantine: bool  # to operators
    delivered_to: DeliveredTo | None  # where the rotation puts the scanner's tokens
    people: Names | None  # who takes roles here; None: people come by Identity Center
    weaknesses: frozenset[Weakness]

    @property
    def is_production(self) -> bool:
        """True when real partners and real money are behind it."""
        return self.environment == "prod"

    @property
    def is_protected(self) -> bool:
        """True where the engine refuses to delete data."""
        return self.is_production and not self.is_released


def read() -> Settings:
    """The settings of the stack. Raises SettingsError with a sentence that names the key and what to set."""
    section = read_section(KEYS, _OBJECTS)
    region = stack_config.region(section)
    limits = _limits(section)
    environment = section.choice("kind", ("test", "prod"))
    account_id = stack_config.account_id(section)
    partners = read_partners(section, limits.stage_per_second)
    zones = read_zones(section, region)
    egress_hosts = read_egress_hosts(section, partners)
    container = read_container(section, region, account_id, len(zones), is_filtered=egress_hosts is not None)
    cidr = read_vpc_cidr(section)
    if container is not None:
        refuse_crowded(section, container, cidr, len(zones))
    return Settings(
        environment=environment,
        account_id=account_id,
        region=region,
        domain_name=section.text("domainName", HOST, HOST_WORDS),
        certificate_arn=_certificate(section, region, account_id),
        alarm_email=stack_config.alarm_email(section),
        parties=read_roles(section, "parties"),
        partners=partners,
        vpc_cidr=cidr,
        zones=zones,
        log_retention_days=stack_config.log_retention_days(section),
        rotation_days=section.number("rotationDays", 1, 90, "days", DEFAULTS["rotationDays"]),
        limits=limits,
        container=container,
        dependencies=section.text("dependencies", r"\S+", "a folder", DEFAULTS["dependencies"]),
        egress_hosts=egress_hosts,
        shielded_zone=read_hosted_zone(section),
        is_released=read_release(section),
        trust_store=_trust_store(section, partners),
        detectors=section.choices("detectors", DETECTORS, DEFAULTS["detectors"]),
        auditor=_other_account(section, "auditAccountId", account_id),
        opens_scanner_token=section.choice("scannerToken", ("closed", "opened"), DEFAULTS["scannerToken"]) == "opened",
        delivered_to=read_delivered_to(section, partners, region),
        opens_quarantine=section.choice("quarantine", ("closed", "opened"), DEFAULTS["quarantine"]) == "opened",
        people=read_names(section, account_id),
        weaknesses=_weaknesses(section, environment, _missing(container, egress_hosts)),
    )


def _certificate(section: Section, region: str, account_id: str) -> str:
    what = f"the ARN of an ACM certificate in {region} and account {account_id}, where the domain is"
    return section.text("certificateArn", rf"arn:aws:acm:{region}:{account_id}:certificate/[0-9a-f-]{{36}}", what)


def _other_account(section: Section, key: str, own: str) -> str | None:
    what = f"{ACCOUNT_WORDS}, or to nothing"
    account = section.text(key, rf"|{ACCOUNT}", what, DEFAULTS[key])
    if account == own:
        raise section.error(key, "is the account of this stack; set it to another one, or to nothing")
    return account or None


def _trust_store(section: Section, partners: Sequence[Partner]) -> TrustStore | None:
    """With one, every partner has a certificate of its own: the authoriser refuses those that have none."""
    if "mutualTls" not in section:
        return None
    given = section.section("mutualTls", "{trustStore: s3://bucket/file.pem, version: ..}")
    if not set(given):
        return None
    given.known_keys_only(("trustStore", "version"))
    without = [partner.id for partner in partners if partner.certificate is None]
    if without:
        raise section.error("mutualTls", f"is set, and {', '.join(without)} has no `certificate`; set it in its block")
    return TrustStore(
        uri=given.text(
            "trustStore", r"s3://[a-z0-9.-]{3,63}/\S{1,1000}", "where the PEM file is, s3://bucket/file.pem"
        ),
        version=given.text("version", r"\S{1,1024}", "the version of that file, so that nobody changes it unseen"),
    )


def _limits(section: Section) -> Limits:
    def number(key: str, low: int, high: int, what: str) -> int:
        return section.number(key, low, high, what, DEFAULTS[key])

    return Limits(
        address_per_5_minutes=number("addressRateLimit", 10, 2_000_000, "requests per 5 minutes"),
        token_per_5_minutes=number("tokenRateLimit", 10, 2_000_000, "requests per 5 minutes"),
        stage_per_second=number("stageRateLimit", 1, 10_000, "requests per second"),
        concurrency=number("serviceConcurrency", 1, 10_000, "instances"),
    )


def _missing(container: ContainerSettings | None, egress_hosts: Sequence[str] | None) -> Mapping[Weakness, str]:
    """Weaknesses of parts that are not there, with how they would come."""
    absent: dict[Weakness, str] = {}
    if container is None:
        absent |= dict.fromkeys(OF_CONTAINERS, "service is lambda; set service to container")
    if egress_hosts is None:
        absent |= dict.fromkeys(OF_THE_WAY_OUT, "egress is unfiltered; set egress to filtered")
    return absent


def _weaknesses(section: Section, environment: str, absent: Mapping[Weakness, str]) -> frozenset[Weakness]:
    names = section.choices("weaken", tuple(Weakness), DEFAULTS["weaken"])
    if names and environment == "prod":
        raise section.error("weaken", f"is set ({', '.join(names)}) and kind is prod; remove it")
    found = frozenset(Weakness(name) for name in names)
    for name in sorted(found & absent.keys()):
        raise section.error("weaken", f"names {name}, and {absent[name]}")
    return found
