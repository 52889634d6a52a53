"""`ocpi-posture history import`: take runs from their folders."""

from datetime import UTC, datetime
from pathlib import Path

import rich_click as click
import structlog

from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.history_store import opened_history, place_of
from scanner.cli.options import talking
from scanner.cli.past_posture import load_posture
from scanner.cli.talk import Talk
from scanner.errors import HistoryError, RunFolderError
from scanner.history.recording import record

log = structlog.get_logger(__name__)


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@history_options
@talking
@click.pass_obj
def import_(talk: Talk, runs: tuple[str, ...], config: Path, file: Path | None) -> int:
    """Put finished runs into the history; a run that is there already stays as it is.

    Each run is taken by itself: one that cannot be read is named, and the others are taken.

    Example: ocpi-posture history import posture/20270131T090000Z-1f2e
    """
    refused = 0
    with opened_history(place_of(config, file), config, talk) as database:
        with database.writing():  # a history that cannot be used is said once
            pass
        for run in runs:
            try:
                posture = load_posture(run)
                with database.writing() as connection:
                    became = record(connection, posture, datetime.now(UTC))
            except (RunFolderError, HistoryError) as error:
                talk.error(error.diagnostics())
                refused += 1
                continue
            log.info("run taken" if became != "known" else "run was there already", run=posture.run.id, became=became)
    return ExitCode.USAGE if refused else ExitCode.CLEAN
