"""`ocpi-posture waive`: accept one fail, with an owner, a reason and an end."""

from datetime import UTC, date, datetime
from pathlib import Path
from stat import S_IMODE

import rich_click as click
import structlog

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from checks.model.waiver import Waiver, WaiverKind
from scanner.cli.exit_code import ExitCode
from scanner.cli.named_finding import named_finding
from scanner.cli.options import config_file, talking, words
from scanner.cli.run_folder import cannot_write, last_judged_run, write_whole
from scanner.config.load import load_configuration
from scanner.config.waiver_text import with_waiver
from scanner.errors import UsageError

log = structlog.get_logger(__name__)


@click.command()
@click.argument("fingerprint")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option("--reason", required=True, help="Why it is accepted.")
@click.option("--until", required=True, metavar="YYYY-MM-DD", help="The last day on which it holds.")
@click.option(
    "--kind", type=click.Choice(words(WaiverKind)), default=str(WaiverKind.ACCEPTED), show_default=True, help="Why."
)
@config_file
@click.option("--run", "run", metavar="RUN", help="The run that has the finding. [default: the last one in posture/]")
@click.option("--force", is_flag=True, help="Also if no run has a fail of this fingerprint.")
@talking
def waive(  # noqa: PLR0917 - click hands every option over as an argument
    fingerprint: str, owner: str, reason: str, until: str, kind: str, config: Path, run: str | None, force: bool
) -> int:
    """Write a waiver into the configuration; everything else in the file stays as it is.

    FINGERPRINT stands beside each finding; its first four digits or more will do.

    Example: ocpi-posture waive 0123456789abcdef --owner "Ada" --reason "moves in March" --until 2027-03-31
    """
    owner, reason, day = _text("--owner", owner), _text("--reason", reason), _day(until)
    finding = None if force else _finding(fingerprint, run)
    waiver = Waiver(
        fingerprint=finding.fingerprint if finding else _whole(fingerprint),
        owner=owner,
        reason=reason,
        until=day,
        kind=WaiverKind(kind),
    )
    known = load_configuration(config)
    if any(one.fingerprint == waiver.fingerprint for one in known.waivers):
        raise UsageError(f"{config} waives {waiver.fingerprint} already.", "Change that waiver in the file.")
    _write(config, waiver, finding.check if finding else "")
    log.info("waived", finding=waiver.fingerprint, until=waiver.until.isoformat(), file=str(config))
    return ExitCode.CLEAN


def _whole(text: str) -> str:
    """What no run has cannot be known by its first digits."""
    if len(text) == 16 and set(text) <= set("0123456789abcdef"):  # noqa: PLR2004 - as checks.model.finding makes them
        return text
    raise UsageError(f"{text!r} is no whole fingerprint.", "With --force, give all of its 16 hexadecimal digits.")


def _text(option: str, text: str) -> str:
    if not text.strip():
        raise UsageError(f"{option} must not be empty.")
    return text.strip()


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until: {text!r} is no day.", "Write it like 2027-03-31.") from None
    if day < datetime.now(UTC).date():
        raise UsageError(f"--until: {day} is over, so the waiver would waive nothing.")
    return day


def _finding(fingerprint: str, run: str | None) -> Finding:
    """The fail in the named run, or in the last one.

    Raises: UsageError if the run has no such fail, or there is no run.
    """
    place = run or last_judged_run()
    if place is None:
        raise UsageError(
            "There is no run in posture/ to find the fingerprint in.", "Name one with --run, or use --force."
        )
    found = named_finding(Path(place), fingerprint)
    if found.outcome is not Outcome.FAIL:
        raise UsageError(f"{found.check} is {found.outcome} in {place}: there is nothing to waive.")
    return found


def _write(config: Path, waiver: Waiver, note: str) -> None:
    file = config.resolve()  # a link stays a link
    with file.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    try:
        write_whole(file, with_waiver(text, file, waiver, note).encode(), S_IMODE(file.stat().st_mode))
    except OSError as error:
        raise cannot_write(config, error) from None
