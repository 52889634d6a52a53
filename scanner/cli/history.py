"""`ocpi-posture history`: how rows, scores and fails went from run to run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import rich_click as click
from click.core import ParameterSource

from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.history_shown import as_json, as_text
from scanner.cli.history_store import opened_history, place_of
from scanner.cli.on_demand import OnDemand
from scanner.cli.options import environments, output_format, talking
from scanner.cli.output import emit, emit_safe
from scanner.cli.talk import Talk
from scanner.errors import HistoryError, UsageError
from scanner.history.overview import overview


@click.group(invoke_without_command=True)
@environments
@click.option("--last", type=click.IntRange(min=1), default=30, show_default=True, help="Show so many runs.")
@history_options
@output_format
@talking
@click.pass_context
def history(
    context: click.Context,
    environments: tuple[str, ...],
    last: int,
    config: Path,
    file: Path | None,
    format_: str,
) -> int | None:
    """Show the recorded runs: scores, the trend of each row, repairs, and how long each fail has been there.

    Ages count from the run that saw a fail first to the one that saw it repaired. Not looking repairs nothing.

    Example: ocpi-posture history -e prod --last 10
    """
    if context.invoked_subcommand is not None:
        _refuse_unread(context)
        return None
    talk = context.ensure_object(Talk)
    place = place_of(config, file)
    with opened_history(place, config, talk) as database, database.reading() as connection:
        shown = overview(connection, environments, last, datetime.now(UTC)) if connection else None
    if shown is None or not shown.runs:
        where = f" of {', '.join(environments)}" if environments else ""
        held = f"{place} holds no run{where}." if place.file is None or place.file.exists() else f"There is no {place}."
        raise HistoryError(held, "Scan, or take runs with `ocpi-posture history import`.")
    if format_ == "json":
        emit(json.dumps(as_json(shown), indent=1))
    else:
        emit_safe(as_text(shown))
    return ExitCode.CLEAN


def _refuse_unread(context: click.Context) -> None:
    """Options before a subcommand are its group's, which does nothing then: another history would be read.

    Raises: UsageError.
    """
    for option in context.command.params:
        given = context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
        if given and option.expose_value:
            behind = f"ocpi-posture history {context.invoked_subcommand} {option.opts[-1]} ..."
            raise UsageError(
                f"{option.opts[-1]} stands before {context.invoked_subcommand}, which does not read it.", behind
            )


history.commands = OnDemand(
    {
        "import": "scanner.cli.history_import:import_",
        "alerts": "scanner.cli.history_alerts",
        "due": "scanner.cli.history_due",
        "deployment": "scanner.cli.history_deployment",
    }
)
