"""Options that several commands share."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from scanner.cli.talk import LogFormat, Talk
from scanner.config.default_file import DEFAULT_FILE

F = TypeVar("F", bound=Callable[..., Any])


def words(kind: type[StrEnum]) -> list[str]:
    """The values of an enumeration as choices; click would offer the names of its members."""
    return [str(member) for member in kind]


def talking(function: F) -> F:
    """`--log-format`, `-v` and `-q`, for the group and for every command; set up before anything else is read."""
    for option in (_QUIET, _VERBOSE, _LOG_FORMAT):
        function = option(function)
    return function


def _heard(context: click.Context) -> Talk:
    talk = context.ensure_object(Talk)
    talk.set_up()
    return talk


def _log_format(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Talk).log_format = LogFormat(value)
    _heard(context)


def _verbose(context: click.Context, _parameter: click.Parameter, value: int) -> None:
    if value:
        context.ensure_object(Talk).verbosity = value
        _heard(context)


def _quiet(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Talk).verbosity = -1
        _heard(context)


_LOG_FORMAT = click.option(
    "--log-format",
    type=click.Choice(words(LogFormat), case_sensitive=False),
    callback=_log_format,
    expose_value=False,
    is_eager=True,
    help="How log lines on stderr look.",
)
_VERBOSE = click.option(
    "-v",
    "--verbose",
    count=True,
    callback=_verbose,
    expose_value=False,
    is_eager=True,
    help="Say more; twice: everything.",
)
_QUIET = click.option(
    "-q", "--quiet", is_flag=True, callback=_quiet, expose_value=False, is_eager=True, help="Say errors only."
)

config_file = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(DEFAULT_FILE),
    show_default=True,
    help="The configuration file.",
)
environments = click.option(
    "-e", "--environment", "environments", multiple=True, metavar="ENV", help="Only this environment; repeatable."
)
output_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What stdout gets.",
)
