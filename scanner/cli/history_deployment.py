"""`ocpi-posture history deployment`: put a change of an environment on record, so that a missing scan shows."""

from datetime import UTC, datetime
from pathlib import Path

import rich_click as click
import structlog

from reports.text import one_line
from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.history_store import opened_history, place_of
from scanner.cli.options import talking
from scanner.cli.talk import Talk
from scanner.config.load import load_configuration
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.history.deployments import Deployment, record_deployment
from scanner.model.facts.cadence import DeploymentKind

log = structlog.get_logger(__name__)

_LONGEST = 150


@click.command()
@click.option("-e", "--environment", required=True, metavar="ENV", help="What was deployed to.")
@click.option("--revision", required=True, metavar="TEXT", help="What was deployed: a commit, a tag, a ticket.")
@click.option("--at", metavar="TIME", help="When, as ISO 8601 with a time zone. [default: now]")
@click.option("--go-live", is_flag=True, help="From then on partners are on it.")
@history_options
@talking
@click.pass_obj
def deployment(
    talk: Talk, environment: str, revision: str, at: str | None, go_live: bool, config: Path, file: Path | None
) -> int:
    """Record a deployment, from the pipeline that makes it; the same one again changes nothing.

    A later scan finds deployments that no whole scan followed in time (row OCPI-CAD-01), and so does `history due`.

    Example: ocpi-posture history deployment -e prod --revision 4f2a91c
    """
    now = datetime.now(UTC)
    _refuse_unknown(environment, config)
    made = Deployment(
        environment=environment,
        at=_moment(at) if at else now,
        revision=one_line(revision, _LONGEST),
        kind=DeploymentKind.GO_LIVE if go_live else DeploymentKind.CHANGE,
    )
    with opened_history(place_of(config, file), config, talk) as database, database.writing() as connection:
        is_new = record_deployment(connection, made, now)
    said = "deployment recorded" if is_new else "deployment was there already"
    log.info(said, environment=environment, revision=made.revision, at=made.at.isoformat(timespec="seconds"))
    return ExitCode.CLEAN


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text!r} is no time.", "Such as 2027-01-31T09:00:00Z.") from None
    if at.tzinfo is None:
        raise UsageError(f"--at {text} has no time zone.", "Such as 2027-01-31T09:00:00Z.")
    return at.astimezone(UTC)


def _refuse_unknown(environment: str, config: Path) -> None:
    """A mistyped name would record a change of nothing."""
    if not config.exists():
        return
    known = [target.name for target in load_configuration(config).targets]
    if environment not in known:
        raise UsageError(f"No environment is called {environment!r}{suggestion(environment, known)}.")
