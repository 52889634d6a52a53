"""The stack's config, read and checked before anything is registered."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from infra import stack_config
from infra.config_reader import Section, SettingsError
from infra.container_settings import SERVICES, ContainerSettings, read_container
from infra.contract_reading import read_partners, read_roles
from infra.contracts import Partner, PartyRole
from infra.delivered_to import DeliveredTo, read_delivered_to
from infra.detector_names import DETECTORS
from infra.domain import TrustStore
from infra.flood_protection import read_hosted_zone
from infra.people_names import Names, read_names
from infra.release import read_release
from infra.stack_config import ACCOUNT, ACCOUNT_WORDS, SHARED_DEFAULTS, SHARED_KEYS, read_section
from infra.weaknesses import OF_CONTAINERS, Weakness

__all__ = ["DEFAULTS", "Settings", "SettingsError", "read"]

# The same as in Pulumi.yaml: the engine applies those, other runners of the program apply these.
DEFAULTS: Final[dict[str, Any]] = SHARED_DEFAULTS | {
    "vpcCidr": "10.40.0.0/22",
    "availabilityZones": ["a", "b"],
    "rotationDays": 60,
    "addressRateLimit": 3000,
    "tokenRateLimit": 6000,
    "stageRateLimit": 200,
    "serviceConcurrency": 50,
    "service": SERVICES[0],
    "container": {},
    "dependencies": "build/lambda-libraries",
    "mutualTls": {},
    "egress": "filtered",
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
    container = read_container(section, region, account_id, len(zones))
    return Settings(
        environment=environment,
        account_id=account_id,
        region=region,
        domain_name=section.text("domainName", HOST, HOST_WORDS),
        certificate_arn=_certificate(section, region, account_id),
        alarm_email=stack_config.alarm_email(section),
        parties=read_roles(section, "parties"),
        partners=partners,
        vpc_cidr=read_vpc_cidr(section),
        zones=zones,
        log_retention_days=stack_config.log_retention_days(section),
        rotation_days=section.number("rotationDays", 1, 90, "days", DEFAULTS["rotationDays"]),
        limits=limits,
        container=container,
        dependencies=section.text("dependencies", r"\S+", "a folder", DEFAULTS["dependencies"]),
        egress_hosts=_egress_hosts(section, partners),
        shielded_zone=read_hosted_zone(section),
        is_released=read_release(section),
        trust_store=_trust_store(section, partners),
        detectors=section.choices("detectors", DETECTORS, DEFAULTS["detectors"]),
        auditor=_other_account(section, "auditAccountId", account_id),
        opens_scanner_token=section.choice("scannerToken", ("closed", "opened"), DEFAULTS["scannerToken"]) == "opened",
        delivered_to=read_delivered_to(section, partners, region),
        opens_quarantine=section.choice("quarantine", ("closed", "opened"), DEFAULTS["quarantine"]) == "opened",
        people=read_names(section, account_id),
        weaknesses=_weaknesses(section, environment, runs_containers=container is not None),
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


def read_vpc_cidr(section: Section) -> str:
    """A private network, with room for the subnets."""
    what = "a private network like 10.40.0.0/22, /16 to /24"
    text = section.text("vpcCidr", r"[0-9./]+", what, DEFAULTS["vpcCidr"])
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise section.error("vpcCidr", f"is {text!r} ({error}); set it to {what}") from None
    if not network.is_private or not 16 <= network.prefixlen <= 24:  # noqa: PLR2004 - the sizes AWS and two subnets allow
        raise section.error("vpcCidr", f"is {text!r}; set it to {what}")
    return text


def read_zones(section: Section, region: str) -> tuple[str, ...]:
    """Two to four, by their whole names."""
    letters = section.choices("availabilityZones", tuple("abcdef"), DEFAULTS["availabilityZones"])
    if not 2 <= len(letters) <= 4:  # noqa: PLR2004 - one zone is no redundancy, four subnets fill the network
        raise section.error("availabilityZones", f"has {len(letters)} zones; set two to four letters")
    return tuple(f"{region}{letter}" for letter in letters)


def _egress_hosts(section: Section, partners: Sequence[Partner]) -> tuple[str, ...] | None:
    """Hosts of the partners' own URLs; whoever switches the filter off says why."""
    reason = section.text("egressReason", r"|\S.{9,499}", "why, in 10 to 500 characters", DEFAULTS["egressReason"])
    if section.choice("egress", ("filtered", "unfiltered"), DEFAULTS["egress"]) == "unfiltered":
        if not reason:
            raise section.error("egressReason", "is missing; set it to why partners are called without a filter")
        return None
    without = [partner.id for partner in partners if partner.versions_url is None]
    if without:
        raise section.error(
            "egress", f"is filtered, and {', '.join(without)} has no `versions_url`; set it in its block"
        )
    return tuple(sorted({str(urlsplit(partner.versions_url or "").hostname) for partner in partners}))


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


def _weaknesses(section: Section, environment: str, *, runs_containers: bool) -> frozenset[Weakness]:
    names = section.choices("weaken", tuple(Weakness), DEFAULTS["weaken"])
    if names and environment == "prod":
        raise section.error("weaken", f"is set ({', '.join(names)}) and kind is prod; remove it")
    found = frozenset(Weakness(name) for name in names)
    elsewhere = sorted(found & OF_CONTAINERS)
    if elsewhere and not runs_containers:
        raise section.error("weaken", f"names {elsewhere[0]}, and service is lambda; set service to container")
    return found
