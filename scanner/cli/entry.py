"""From whatever a command does to an exit code; the only place that catches everything."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import rich_click as click

from scanner.cli.exit_code import ExitCode
from scanner.cli.output import hand_over
from scanner.cli.root import root
from scanner.cli.streams import close_streams, open_closed_streams
from scanner.cli.talk import Talk
from scanner.errors import PostureError
from scanner.run.garbage import collect_rarely, leave_it

_REFUSED_BY_THE_MACHINE: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
)


def main() -> None:
    """Run the command line of this process and end it with the command's exit code."""
    open_closed_streams()
    os.environ.pop("SSLKEYLOGFILE", None)  # the keys of sessions with tokens would be written there, by boto3 as well
    collect_rarely()
    code = run(sys.argv[1:])
    close_streams()
    leave_it()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; never raises, never exits."""
    talk = Talk()
    try:
        result = root.main(args=list(arguments), prog_name="ocpi-posture", standalone_mode=False, obj=talk)
        hand_over()
    except click.ClickException as error:
        _show(error, talk)
        return ExitCode.USAGE
    except PostureError as error:
        talk.error(error.diagnostics())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        talk.error("Interrupted.")
        return ExitCode.INTERRUPTED
    except SystemExit as ended:
        return _code_of(ended)
    except Exception as error:  # noqa: BLE001 - what we did not expect is our bug, and is said so
        return _unexpected(error, talk)
    return int(result) if isinstance(result, int) else ExitCode.CLEAN


def _unexpected(error: Exception, talk: Talk) -> int:
    """A file or folder that this machine does not let us use is named; anything else is a bug of ours."""
    if isinstance(error, OSError) and error.errno in _REFUSED_BY_THE_MACHINE:
        talk.error(f"{error.filename or 'This machine'} cannot be used: {(error.strerror or 'failed').lower()}.")
        return ExitCode.USAGE
    talk.error(_crash_sentence(error, talk))
    return ExitCode.BUG


def _code_of(ended: SystemExit) -> int:
    """The code, but for a reader of the help who has seen enough: that is no failure."""
    if isinstance(ended.__context__, BrokenPipeError):
        return ExitCode.CLEAN
    return ended.code if isinstance(ended.code, int) else ExitCode.USAGE


def _show(error: click.ClickException, talk: Talk) -> None:
    if talk.log_format == "json":
        talk.error(error.format_message())
        return
    context = getattr(error, "ctx", None)
    usage = f"{context.get_usage()}\n" if context else ""
    help_line = f"\nTry `{context.command_path} --help`." if context else ""
    talk.error(f"{usage}Error: {error.format_message()}{help_line}")


def _crash_sentence(error: Exception, talk: Talk) -> str:
    what = f"This is a bug of ours: {type(error).__name__}."
    try:
        return f"{what} The traceback is in {_write_traceback(error, talk)}; it holds no secret that we know of."
    except OSError:
        return f"{what} The traceback could not be written anywhere."


def _write_traceback(error: Exception, talk: Talk) -> Path:
    """A file of its own that only the user can read."""
    handle, name = tempfile.mkstemp(prefix="ocpi-posture-bug-", suffix=".txt")
    with os.fdopen(handle, "w") as file:
        file.write(talk.redactor.shown("".join(traceback.format_exception(error))))
    return Path(name)
