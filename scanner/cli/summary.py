"""What a person sees at the end of a run: the summary on stdout, where the reports are on stderr."""

import shutil
import sys

import structlog

from scanner.cli.output import emit
from scanner.cli.scanning import Ended
from scanner.cli.terminal import is_terminal, wants_colour

log = structlog.get_logger(__name__)
_WIDTH = 100


def show(ended: Ended) -> None:
    """Print the summary, as wide as the terminal; 100 columns where there is none."""
    from reports.terminal import render_terminal  # noqa: PLC0415 - it loads a whole terminal library

    width = shutil.get_terminal_size((_WIDTH, 24)).columns if is_terminal(sys.stdout) else _WIDTH
    emit(render_terminal(ended.posture, width=width, colour=wants_colour(sys.stdout), files=ended.files))
    log.debug("reports written", files=[str(file) for file in ended.files])
