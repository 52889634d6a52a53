"""`ocpi-posture report`: render a run again, offline, from its posture.json."""

from pathlib import Path

import rich_click as click
import structlog

from reports.formats import Format, render
from reports.model.audience import edition
from reports.model.aws_account import AwsAccount
from reports.model.posture import Audience, Posture
from scanner.cli.chosen_formats import account_of, chosen, purposes
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking, words
from scanner.cli.output import emit_bytes
from scanner.cli.past_posture import load_posture
from scanner.cli.recorded import recorded
from scanner.cli.recorded_loads import recorded_loads
from scanner.cli.run_folder import cannot_write, find_run, write_named
from scanner.cli.talk import Talk
from scanner.errors import UsageError

log = structlog.get_logger(__name__)


@click.command()
@click.argument("run", metavar="RUN|DIR")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(words(Format)),
    required=True,
    help=f"The format; repeatable. {purposes()}.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for stdout. [default: the run's folder]",
)
@click.option(
    "--audience",
    type=click.Choice(words(Audience)),
    default=str(Audience.INTERNAL),
    show_default=True,
    help="partner: without what is internal and without the names of others; its files are called partner-...",
)
@click.option("--aws-account", metavar="ID", help="With asff: the account of Security Hub, twelve digits.")
@click.option("--aws-region", metavar="NAME", help="With asff: its region.")
@talking
@click.pass_obj
def report(
    talk: Talk,
    run: str,
    formats: tuple[str, ...],
    output: Path | None,
    audience: str,
    aws_account: str | None,
    aws_region: str | None,
) -> int:
    """Render the report of a run again; nothing is looked at and nothing is judged.

    Example: ocpi-posture report posture/20270131T090000Z-1f2e --format html -o report.html

    Example: ocpi-posture report posture/20270131T090000Z-1f2e --format pdf --audience partner
    """
    account = account_of(aws_account, aws_region)
    wanted = chosen(formats, account)
    if output and len(wanted) > 1:
        raise UsageError("-o names one file, and several formats were asked for.", "Leave -o out, or name one format.")
    reader = Audience(audience)
    if reader is Audience.PARTNER and Format.HAR in wanted:
        raise UsageError("A HAR holds every request as it was sent, so there is none for partners.")
    if reader is Audience.PARTNER and Format.LOAD in wanted:
        raise UsageError("The page of a load names everybody who took part, so there is none for partners.")
    posture = edition(load_posture(run), reader)
    for format_ in wanted:
        _write(_rendered(posture, format_, run, talk, account), output or _file(run, format_, reader))
    return ExitCode.CLEAN


def _file(run: str, format_: Format, reader: Audience) -> Path:
    """Beside the run; an edition never takes the place of the record."""
    name = format_.file_name
    return find_run(run) / (name if reader is Audience.INTERNAL else f"{reader}-{name}")


def _rendered(posture: Posture, format_: Format, run: str, talk: Talk, account: AwsAccount | None) -> bytes:
    requests = recorded(find_run(run), talk.redactor) if format_ is Format.HAR else ()
    loads = recorded_loads(find_run(run), posture) if format_ is Format.LOAD else ()
    return render(posture, format_, requests, account=account, loads=loads)


def _write(content: bytes, file: Path) -> None:
    if file == Path("-"):
        emit_bytes(content)
        return
    try:
        write_named(file, content)
    except OSError as error:
        raise cannot_write(file, error) from None
    log.info("wrote", file=str(file))
