"""Config of the `audit` stack: what is scanned, when, by which image, and how long evidence is locked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from infra import stack_config
from infra.config_reader import Section
from infra.network_settings import read_vpc_cidr, read_zones
from infra.settings import DEFAULTS as ENVIRONMENT_DEFAULTS
from infra.settings import HOST, HOST_WORDS
from infra.stack_config import ACCOUNT, ACCOUNT_WORDS, SHARED_DEFAULTS, SHARED_KEYS, read_section

DEFAULTS: Final[dict[str, Any]] = SHARED_DEFAULTS | {
    "vpcCidr": ENVIRONMENT_DEFAULTS["vpcCidr"],
    "availabilityZones": ENVIRONMENT_DEFAULTS["availabilityZones"],
    "scannerImage": "",
    "scanSchedule": "cron(0 5 ? * MON *)",
    "goLive": "",
    "evidenceLock": "compliance",
    "evidenceRetentionDays": 1100,
}
KEYS: Final = tuple(dict.fromkeys((*SHARED_KEYS, "delegatedAdmin", "scanned", *DEFAULTS)))
_STRUCTURES: Final = ("scanned", "availabilityZones")
_ENVIRONMENTS: Final = ("test", "prod")
_WITHOUT_QUOTES: Final = " +0000 UTC"  # what the engine makes of a time without quotes
_HOUR: Final = r"|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}( \+0000 UTC)?"
_WEEK_HOURS: Final = 7 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """An environment that the scanner looks at. `secrets_key` encrypts the token that it was given there."""

    environment: str
    account_id: str
    domain_name: str
    secrets_key: str | None  # None: it has no token there, and looks from outside


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """`scanner_image` is the digest of an image in the stack's own repository; None until one was pushed."""

    account_id: str
    region: str
    alarm_email: str
    log_retention_days: int
    scanned: tuple[Scanned, ...]
    vpc_cidr: str
    zone: str
    scanner_image: str | None
    scan_schedule: str  # an expression of EventBridge Scheduler, UTC
    go_live: datetime | None  # UTC; a scan begins then
    evidence_lock: str  # GOVERNANCE or COMPLIANCE
    evidence_retention_days: int


def read() -> AuditSettings:
    """The settings of the stack. Raises SettingsError with a sentence that names the key and what to set."""
    section = read_section(KEYS, _STRUCTURES)
    region, account_id = stack_config.region(section), stack_config.account_id(section)
    _delegated(section, account_id)
    return AuditSettings(
        account_id=account_id,
        region=region,
        alarm_email=stack_config.alarm_email(section),
        log_retention_days=stack_config.log_retention_days(section),
        scanned=_scanned(section, account_id),
        vpc_cidr=read_vpc_cidr(section),
        zone=read_zones(section, region)[0],
        scanner_image=_image(section),
        scan_schedule=_schedule(section),
        go_live=_go_live(section),
        evidence_lock=section.choice("evidenceLock", ("compliance", "governance"), DEFAULTS["evidenceLock"]).upper(),
        evidence_retention_days=section.number(
            "evidenceRetentionDays", 365, 3650, "days", DEFAULTS["evidenceRetentionDays"]
        ),
    )


def _delegated(section: Section, own: str) -> None:
    """AWS takes what watches all accounts from the delegated administrator only, and says so halfway through `up`."""
    admin = section.text("delegatedAdmin", ACCOUNT, "the output `delegated_admin` of the org stack, which comes first")
    if admin != own:
        problem = f"is {admin}, and this stack's accountId is {own}: AWS would refuse its detectors of all accounts"
        raise section.error("delegatedAdmin", f"{problem}; set accountId to the account that the org stack put out")


def _scanned(section: Section, own: str) -> tuple[Scanned, ...]:
    """Accounts differ from each other and from the auditor's own."""
    what = "the environments by name, {test: {accountId: .., domainName: ..}, prod: ..}"
    owners = {own: "this stack"}
    found = []
    for name, given in section.named("scanned", what).items():
        if name not in _ENVIRONMENTS:
            raise given.error("", f"is no environment; set one of: {', '.join(_ENVIRONMENTS)}")
        given.known_keys_only(("accountId", "domainName", "secretsKey"))
        account = given.text("accountId", ACCOUNT, ACCOUNT_WORDS)
        if account in owners:
            raise given.error("accountId", f"is the account of {owners[account]}; each has an account of its own")
        owners[account] = name
        found.append(
            Scanned(
                environment=name,
                account_id=account,
                domain_name=given.text("domainName", HOST, HOST_WORDS),
                secrets_key=_secrets_key(given, account),
            )
        )
    return tuple(found)


def _secrets_key(given: Section, account: str) -> str | None:
    """As the environment's stack puts it out: `pulumi stack output secrets_key_arn`."""
    what = f"the key's ARN in account {account}, the output `secrets_key_arn` of its stack, or leave it out"
    return given.text("secretsKey", rf"|arn:aws:kms:[a-z0-9-]+:{account}:key/[0-9a-f-]{{36}}", what, "") or None


def _image(section: Section) -> str | None:
    """A digest: a tag could be moved to another image."""
    what = "the digest that `docker push` printed, sha256:.., or to nothing before the first push"
    return section.text("scannerImage", r"|sha256:[0-9a-f]{64}", what, DEFAULTS["scannerImage"]) or None


def _schedule(section: Section) -> str:
    """Once a week at least: findings of a control that nobody looks at for longer are no evidence."""
    what = "cron(minutes hours ? * WEEKDAYS *) or rate(..) of a week at most"
    forms = r"cron\(\d{1,2} \d{1,2} \? \* [A-Z,-]{3,27} \*\)|rate\(\d{1,3} (hours?|days?)\)"
    text = section.text("scanSchedule", forms, what, DEFAULTS["scanSchedule"])
    rate = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", text)
    if rate and not 0 < int(rate[1]) * (24 if rate[2] == "day" else 1) <= _WEEK_HOURS:
        raise section.error("scanSchedule", f"is {text!r}; set it to {what}")
    return text


def _go_live(section: Section) -> datetime | None:
    what = "the hour of the go-live in UTC, like 2027-02-01T08:00:00, or to nothing"
    text = section.text("goLive", _HOUR, what, DEFAULTS["goLive"])
    if not text:
        return None
    try:
        return datetime.fromisoformat(f"{text.removesuffix(_WITHOUT_QUOTES)}+00:00")
    except ValueError:
        raise section.error("goLive", f"is {text!r}; set it to {what}") from None
