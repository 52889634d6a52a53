"""`ocpi-posture report`: render a run again, offline, from its posture.json."""

import sys
from pathlib import Path

import rich_click as click
import structlog

from reports.formats import Format, render
from reports.model.posture import Posture
from reports.read import UnreadablePosture, read_run
from scanner.cli.chosen_formats import chosen
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking, words
from scanner.cli.recorded import recorded
from scanner.cli.run_folder import cannot_write, find_run, write_whole
from scanner.cli.talk import Talk
from scanner.errors import RunFolderError

log = structlog.get_logger(__name__)


@click.command()
@click.argument("run", metavar="RUN|DIR")
@click.option("--format", "format_", type=click.Choice(words(Format)), required=True, help="The format.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for stdout. [default: the run's folder]",
)
@talking
@click.pass_obj
def report(talk: Talk, run: str, format_: str, output: Path | None) -> int:
    """Render the report of a run again; nothing is looked at and nothing is judged.

    `har` is an archive of every HTTP request of the run, redacted, for any HAR viewer.

    Example: ocpi-posture report posture/20270131T090000Z-1f2e --format html -o report.html
    """
    (wanted,) = chosen((format_,))
    posture = load_posture(run)
    requests = recorded(find_run(run), talk.redactor) if wanted is Format.HAR else ()
    content = render(posture, wanted, requests)
    if output == Path("-"):
        sys.stdout.buffer.write(content)
        return ExitCode.CLEAN
    file = output or find_run(run) / wanted.file_name
    try:
        write_whole(file, content)
    except OSError as error:
        raise cannot_write(file, error) from None
    log.info("wrote", file=str(file))
    return ExitCode.CLEAN


def load_posture(run: str) -> Posture:
    """The posture of a run, by folder, by its posture.json, or by id.

    Raises: RunFolderError.
    """
    place = Path(run) if Path(run).is_file() else find_run(run)
    try:
        return read_run(place)
    except UnreadablePosture as error:
        raise RunFolderError(f"{error}.") from None
    except FileNotFoundError:
        hint = f"Finish it first: ocpi-posture scan ... --resume {place}"
        raise RunFolderError(f"The run in {place} was not finished, so there is no posture.json.", hint) from None
    except OSError as error:
        raise RunFolderError(f"{place} cannot be read: {(error.strerror or 'failed').lower()}.") from None
