"""`ocpi-posture history alerts`: the outbox, and another attempt at what waits in it."""

from pathlib import Path

import rich_click as click

from scanner.cli.exit_code import ExitCode
from scanner.cli.history_store import opened_history
from scanner.cli.options import config_file, talking
from scanner.cli.output import emit_safe
from scanner.cli.remembering import tell
from scanner.cli.talk import Talk
from scanner.config.load import load_configuration
from scanner.errors import UsageError
from scanner.history.outbox import Message, messages


@click.command()
@click.option("--send", is_flag=True, help="Try now what waits, also what pauses after a failed attempt.")
@config_file
@talking
@click.pass_obj
def alerts(talk: Talk, send: bool, config: Path) -> int:
    """Show what waits in the outbox; each scan tries what is due, and nothing is ever given up.

    Exit codes: 0 nothing waits; 1 something does.

    Example: ocpi-posture history alerts --send
    """
    configuration = load_configuration(config)
    if configuration.history is None:
        raise UsageError(f"{config} keeps no history, so there is no outbox.")
    if send:
        tell(configuration, talk, at_once=True)
    with opened_history(configuration.history, config, talk) as database, database.reading() as connection:
        found = messages(connection, waiting=True) if connection else ()
    emit_safe("\n".join([f"Waiting: {len(found)}", *map(_line, found)]))
    return ExitCode.FAILED if found else ExitCode.CLEAN


def _line(message: Message) -> str:
    why = f", last: {message.error}" if message.error else ""
    return (
        f"  {message.target}  {message.title}  ({message.attempts} attempts, due {message.due:%Y-%m-%d %H:%M} UTC{why})"
    )
