"""The options by which a command is told which history is meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from scanner.cli.options import config_file

F = TypeVar("F", bound=Callable[..., Any])

_file = click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The history as a SQLite file. [default: `history` of the configuration]",
)


def history_options(function: F) -> F:
    """`-c` and `--file`, for every command on the history."""
    return config_file(_file(function))
