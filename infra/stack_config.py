"""What every kind of stack reads in the same way: its config as one section, and the account it belongs to."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

import pulumi

from infra.config_reader import Section

SHARED_KEYS: Final = ("kind", "accountId", "region", "alarmEmail", "logRetentionDays")
# The engine asks every stack for what has no default, whatever its kind, so these have one that stands for "not set".
NOT_SET: Final[dict[str, Any]] = {
    "accountEmails": {},
    "certificateArn": "",
    "delegatedAdmin": "",
    "domainName": "",
    "parties": [],
    "partners": {},
    "scanned": {},
}
SHARED_DEFAULTS: Final[dict[str, Any]] = {"logRetentionDays": 400}
RETENTION_DAYS: Final = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)  # of those CloudWatch Logs takes
EMAIL: Final = r"[^@\s]+@[^@\s]+\.[^@\s]+"
ACCOUNT: Final = r"\d{12}"
ACCOUNT_WORDS: Final = "the 12 digits of the AWS account, in quotes"


def read_section(keys: Collection[str], structures: Collection[str]) -> Section:
    """The stack's config as far as `keys` go; those of `structures` are objects or lists."""
    config = pulumi.Config()
    values: dict[str, Any] = {}
    for key in keys:
        value = config.get(key)
        if value is not None and not _is_not_set(key, value):
            values[key] = _structure(config, key, value) if key in structures else value
    return Section(config.name, values)


def _is_not_set(key: str, text: str) -> bool:
    given = NOT_SET.get(key)
    return given is not None and text.strip() == (given if isinstance(given, str) else json.dumps(given))


def _structure(config: pulumi.Config, key: str, text: str) -> object:
    """What is not JSON stays text, and is refused with the others."""
    try:
        return config.get_object(key)
    except pulumi.ConfigTypeError:
        return text


def account_id(section: Section) -> str:
    """The only account that the stack may be in."""
    return section.text("accountId", ACCOUNT, ACCOUNT_WORDS)


def region(section: Section) -> str:
    """Where it is."""
    return section.text("region", r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region like eu-central-1")


def alarm_email(section: Section) -> str:
    """Who hears of alarms."""
    return section.text("alarmEmail", EMAIL, "the address that gets the alarms")


def log_retention_days(section: Section) -> int:
    """A time that CloudWatch Logs knows, a year or more."""
    days = section.number(
        "logRetentionDays", RETENTION_DAYS[0], RETENTION_DAYS[-1], "days", SHARED_DEFAULTS["logRetentionDays"]
    )
    if days not in RETENTION_DAYS:
        raise section.error("logRetentionDays", f"is {days}; set it to one of: {', '.join(map(str, RETENTION_DAYS))}")
    return days
