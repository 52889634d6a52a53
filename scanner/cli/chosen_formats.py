"""The formats that were asked for, and whether this machine can write them: known before a scan begins."""

from collections.abc import Iterable
from importlib.util import find_spec

from reports.formats import Format
from scanner.errors import UsageError


def chosen(names: Iterable[str]) -> tuple[Format, ...]:
    """Each once, in the order in which they were named.

    Raises: UsageError for PDF where WeasyPrint is not installed.
    """
    formats = tuple(dict.fromkeys(Format(name) for name in names))
    if Format.PDF in formats and find_spec("weasyprint") is None:
        raise UsageError("PDF needs WeasyPrint, which is not installed.", "pip install 'ocpi-posture[pdf]'")
    return formats
