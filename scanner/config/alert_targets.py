"""Who is told when something changes. Keys and addresses that are secrets are references."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from scanner.config.secret_reference import SecretReference
from scanner.config.strict import Reference, Strict, Text
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

_MAIL: Final = re.compile(r"^[^@\s<>,;\"]+@[A-Za-z0-9.-]+$")
_TOPIC: Final = r"^arn:[a-z0-9-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$"


def is_loopback(host: str) -> bool:
    """True for this machine itself, where plain text passes no wire."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError("write a whole URL that begins with https://")
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("leave user, password and fragment out of the URL")
    _ = parts.port
    return text


def _address(text: str) -> str:
    if not _MAIL.match(text):
        raise ValueError("write one mail address, such as posture@example.com")
    return text


Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


class _Target(Strict):
    at_least: Literal["info", "low", "medium", "high", "critical"] = "medium"


class WebhookConfig(_Target):
    """A POST of JSON to `url`, signed with the key behind `secret` (HMAC-SHA-256)."""

    url: Annotated[str, AfterValidator(_url)]
    secret: Reference


class SlackConfig(_Target):
    """An incoming webhook as Slack and those compatible with it have; its URL is a secret, so `url` is a reference."""

    url: Reference


class EmailConfig(_Target):
    """Mail by SMTP: with STARTTLS, or `tls` from the first byte; none only on this machine."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Text | None = None
    password: Reference | None = None
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1)]


class SnsConfig(_Target):
    """A message to an Amazon SNS topic, with the caller's own AWS credentials."""

    topic: Annotated[str, Field(pattern=_TOPIC)]


class SecurityHubConfig(_Target):
    """Findings that changed, into AWS Security Hub of that account, with the caller's own AWS credentials."""

    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d{1,2}$")]


TargetConfig = WebhookConfig | SlackConfig | EmailConfig | SnsConfig | SecurityHubConfig


class AlertsConfig(Strict):
    """Targets by kind and name; what is below `at_least` is not told."""

    webhooks: Mapping[Name, WebhookConfig] = Field(default_factory=dict)
    slack: Mapping[Name, SlackConfig] = Field(default_factory=dict)
    email: Mapping[Name, EmailConfig] = Field(default_factory=dict)
    sns: Mapping[Name, SnsConfig] = Field(default_factory=dict)
    security_hub: Mapping[Name, SecurityHubConfig] = Field(default_factory=dict)

    def problems(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """What no single field can tell, with the keys below `alerts`."""
        for name, mail in self.email.items():
            if mail.security == "none" and not is_loopback(mail.host):
                yield ("email", name, "security"), "none is for a mail server on this machine only"
            if (mail.user is None) != (mail.password is None):
                yield ("email", name), "`user` and `password` go together"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTarget:
    """One target; `name` is `KIND/NAME` as the file has it."""

    name: str
    at_least: Severity
    how: TargetConfig

    @property
    def reference(self) -> SecretReference | None:
        """Where its secret is kept; None: it has none."""
        match self.how:
            case WebhookConfig(secret=text) | SlackConfig(url=text):
                return SecretReference.parse(text)
            case EmailConfig(password=text):
                return SecretReference.parse(text) if text else None
            case _:
                return None


def alert_targets(config: AlertsConfig | None) -> tuple[AlertTarget, ...]:
    """Every target, in the order of the file's kinds."""
    if config is None:
        return ()
    kinds: tuple[tuple[str, Mapping[str, TargetConfig]], ...] = (
        ("webhooks", config.webhooks),
        ("slack", config.slack),
        ("email", config.email),
        ("sns", config.sns),
        ("security_hub", config.security_hub),
    )
    return tuple(
        AlertTarget(name=f"{kind}/{name}", at_least=Severity(how.at_least), how=how)
        for kind, targets in kinds
        for name, how in targets.items()
    )
