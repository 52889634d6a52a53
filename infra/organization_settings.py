"""Config of the `org` stack: the organisation, its accounts and its guard rails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra import stack_config
from infra.config_reader import Section
from infra.stack_config import EMAIL, SHARED_DEFAULTS, SHARED_KEYS, read_section

DEFAULTS: Final[dict[str, Any]] = SHARED_DEFAULTS | {"approvedRegions": []}
KEYS: Final = (*SHARED_KEYS, "accountEmails", "approvedRegions")
ACCOUNTS: Final = ("test", "prod", "audit", "log-archive")  # beside the management account
_STRUCTURES: Final = ("accountEmails", "approvedRegions")
_REGION: Final = r"[a-z]{2}(-[a-z]+)+-\d"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """`account_id` is the management account's. `approved_regions` holds `region`."""

    account_id: str
    region: str
    alarm_email: str
    log_retention_days: int
    account_emails: Mapping[str, str]  # by account of ACCOUNTS: AWS wants another address for each
    approved_regions: tuple[str, ...]


def read() -> OrganizationSettings:
    """The settings of the stack. Raises SettingsError with a sentence that names the key and what to set."""
    section = read_section(KEYS, _STRUCTURES)
    region = stack_config.region(section)
    return OrganizationSettings(
        account_id=stack_config.account_id(section),
        region=region,
        alarm_email=stack_config.alarm_email(section),
        log_retention_days=stack_config.log_retention_days(section),
        account_emails=_account_emails(section),
        approved_regions=_regions(section, region),
    )


def _account_emails(section: Section) -> Mapping[str, str]:
    what = f"an object with one address for each of: {', '.join(ACCOUNTS)}"
    given = section.section("accountEmails", what)
    given.known_keys_only(ACCOUNTS)
    emails = {name: given.text(name, EMAIL, "an address that no other AWS account has") for name in ACCOUNTS}
    taken: dict[str, str] = {}
    for name, email in emails.items():
        first = taken.setdefault(email.lower(), name)
        if first != name:
            raise given.error(name, f"is the address of {first} as well; AWS wants another one for each account")
    return emails


def _regions(section: Section, own: str) -> tuple[str, ...]:
    """The stack's own region alone, unless more are named; it is one of them."""
    regions = section.texts("approvedRegions", _REGION, "a list of AWS regions like eu-central-1", [])
    if regions and own not in regions:
        raise section.error("approvedRegions", f"leaves out {own}, the region of the stack; add it")
    return regions or (own,)
