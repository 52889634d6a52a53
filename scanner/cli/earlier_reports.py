"""Reports in the folder of a run that is taken up again: they tell what was known before."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import structlog

from reports.formats import Format
from scanner.cli.chosen_formats import chosen
from scanner.errors import UsageError

log = structlog.get_logger(__name__)

_EDITIONS: Final = "partner-*"


def with_earlier(formats: Sequence[Format], folder: Path) -> tuple[Format, ...]:
    """The formats, and those that lie in the folder: left there, they would contradict the record beside them.

    What `report` alone can write is named in the log.
    """
    for file in _left_as_they_are(folder):
        log.warning("this report is of the run before it was taken up again", file=str(file), remedy="render it anew")
    return tuple(dict.fromkeys((*formats, *filter(_can_be_written, _lying(folder)))))


def _lying(folder: Path) -> Iterator[Format]:
    return (format_ for format_ in Format if format_ is not Format.JSON and (folder / format_.file_name).is_file())


def _left_as_they_are(folder: Path) -> Iterator[Path]:
    yield from (folder / format_.file_name for format_ in _lying(folder) if not _can_be_written(format_))
    yield from sorted(folder.glob(_EDITIONS))


def _can_be_written(format_: Format) -> bool:
    try:
        return bool(chosen((format_,)))
    except UsageError:
        return False
