"""What a person sees at the end of a run: the summary on stdout, where the reports are on stderr."""

import sys

import structlog

from scanner.cli.output import emit
from scanner.cli.scanning import Ended
from scanner.cli.terminal import columns, wants_colour

log = structlog.get_logger(__name__)


def show(ended: Ended) -> None:
    """Print the summary, as wide as the terminal."""
    from reports.terminal import render_terminal  # noqa: PLC0415 - it loads a whole terminal library

    emit(render_terminal(ended.posture, width=columns(), colour=wants_colour(sys.stdout), files=ended.files))
    log.debug("reports written", files=[str(file) for file in ended.files])
