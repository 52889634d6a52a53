"""Options of `ocpi-posture scan` that do not go together."""

import rich_click as click
from click.core import ParameterSource

from scanner.errors import UsageError
from scanner.model.effect import Mode


def refuse_leftover_options(**given: object) -> None:
    """What goes with a VERSIONS_URL alone.

    Raises: UsageError if one is given.
    """
    for name, value in given.items():
        if value:
            option = "--" + name.replace("_", "-")
            raise UsageError(f"{option} goes with a VERSIONS_URL.", "In a configuration it has a key of its own.")


def refuse_file_options(environments: tuple[str, ...], mode: str | None) -> None:
    """What goes with a configuration alone.

    Raises: UsageError if one is given.
    """
    if environments:
        raise UsageError("-e goes with a configuration, not with a VERSIONS_URL.")
    if mode not in {None, Mode.OBSERVE}:
        hint = "Write a configuration with `ocpi-posture init` to go further."
        raise UsageError(f"A bare URL is only observed, so --mode {mode} needs a configuration.", hint)


def refuse_named_file() -> None:
    """The configuration itself.

    Raises: UsageError if it was named on the command line.
    """
    context = click.get_current_context()
    if context and context.get_parameter_source("config") is ParameterSource.COMMANDLINE:
        raise UsageError("-c goes with a configuration, not with a VERSIONS_URL.", "Leave one of the two out.")
