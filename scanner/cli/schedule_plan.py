"""What is to be scheduled: checked, so that nothing given can become another line of a crontab or another key."""

import re
from enum import StrEnum
from typing import Final

from scanner.errors import UsageError
from scanner.model.late_dataclass import dataclass

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_PATH: Final = re.compile(r"[A-Za-z0-9._/+@-]+")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_IMAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*")
_PACKAGE: Final = re.compile(r"[A-Za-z0-9./][A-Za-z0-9._/:@=#,+\[\]-]*")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Every(StrEnum):
    """How often."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # on Mondays
    MONTH = "month"  # on its first day


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A scan to be run again and again; `secrets` are names of environment variables."""

    config: str
    environment: str | None
    every: Every
    hour: int
    minute: int
    secrets: tuple[str, ...]
    directory: str
    package: str | None
    image: str | None

    @property
    def name(self) -> str:
        """Of the unit, job or lock: lower case, letters, digits and dashes."""
        suffix = f"-{self.environment}" if self.environment else ""
        return re.sub(r"[^a-z0-9]+", "-", f"ocpi-posture{suffix}".lower()).strip("-")

    @property
    def arguments(self) -> tuple[str, ...]:
        """Of `ocpi-posture`."""
        return ("scan", "-c", self.config, *(("-e", self.environment) if self.environment else ()))

    @property
    def cron(self) -> str:
        """The five fields of cron."""
        day_of_month = "1" if self.every is Every.MONTH else "*"
        day_of_week = "1" if self.every is Every.WEEK else "*"
        hour = "*" if self.every is Every.HOUR else str(self.hour)
        return f"{self.minute} {hour} {day_of_month} * {day_of_week}"

    @property
    def calendar(self) -> str:
        """The same as systemd.time(7) writes it."""
        time = f"{self.hour:02}:{self.minute:02}:00"
        match self.every:
            case Every.HOUR:
                return f"*-*-* *:{self.minute:02}:00"
            case Every.DAY:
                return f"*-*-* {time}"
            case Every.WEEK:
                return f"Mon *-*-* {time}"
            case Every.MONTH:
                return f"*-*-01 {time}"


def new_plan(
    *,
    config: str,
    environment: str | None,
    every: Every,
    at: str,
    secrets: tuple[str, ...],
    directory: str,
    package: str | None,
    image: str | None,
) -> Plan:
    """What the options say.

    Raises: UsageError for what could not stand in a schedule as it is.
    """
    _require(_PATH, config, "-c", "letters, digits and . _ / + @ -")
    _require(_PATH, directory, "--directory", "letters, digits and . _ / + @ -")
    if environment is not None:
        _require(_NAME, environment, "-e", "a name as in the configuration")
    for secret in secrets:
        _require(_VARIABLE, secret, "--secret", "the name of an environment variable, never its value")
    if package is not None:
        _require(_PACKAGE, package, "--package", "a path, a URL or a name with its version, as pip takes them")
    if image is not None:
        _require(_IMAGE, image, "--image", "a name with its tag or digest")
    found = _TIME.fullmatch(at)
    if found is None:
        raise UsageError("--at is a time of the day, such as 03:17.")
    return Plan(
        config=config,
        environment=environment,
        every=every,
        hour=int(found[1]),
        minute=int(found[2]),
        secrets=tuple(dict.fromkeys(secrets)),
        directory=directory,
        package=package,
        image=image,
    )


def _require(form: re.Pattern[str], given: str, option: str, kind: str) -> None:
    """What was given is not repeated: it might be a secret in the wrong place."""
    if not form.fullmatch(given) or given.startswith("-"):
        raise UsageError(f"{option} takes {kind}.")
