"""The formats in which a posture can be written; each one's module is loaded when it is first rendered."""

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.model.posture import Posture
    from reports.model.recorded import RecordedRequest


class Format(StrEnum):
    """A format by its name on the command line."""

    JSON = "json"
    HTML = "html"
    HAR = "har"
    SARIF = "sarif"
    JUNIT = "junit"
    CSV = "csv"
    MARKDOWN = "markdown"
    PDF = "pdf"

    @property
    def file_name(self) -> str:
        """What the file is called in a run's folder."""
        return _WRITERS[self].file_name


class _Writer(NamedTuple):
    """What the file is called, and which function of which module writes it."""

    file_name: str
    module: str
    function: str


_WRITERS: Final = {
    Format.JSON: _Writer("posture.json", "reports.json_document", "render_json"),
    Format.HTML: _Writer("report.html", "reports.html", "render_html"),
    Format.HAR: _Writer("requests.har", "reports.har", "render_har"),
    Format.SARIF: _Writer("report.sarif", "reports.sarif", "render_sarif"),
    Format.JUNIT: _Writer("junit.xml", "reports.junit", "render_junit"),
    Format.CSV: _Writer("findings.csv", "reports.csv_table", "render_csv"),
    Format.MARKDOWN: _Writer("summary.md", "reports.markdown", "render_markdown"),
    Format.PDF: _Writer("report.pdf", "reports.pdf", "render_pdf"),
}


class _OfPosture(Protocol):
    def __call__(self, posture: "Posture", /) -> bytes: ...


class _OfRequests(Protocol):
    def __call__(self, posture: "Posture", requests: "Iterable[RecordedRequest]", /) -> bytes: ...


def render(posture: "Posture", format: Format, requests: "Iterable[RecordedRequest]" = ()) -> bytes:
    """The posture in one format; the same posture gives the same bytes.

    `requests` are read for HAR only, which is about nothing else.
    """
    writer = _WRITERS[format]
    function = getattr(import_module(writer.module), writer.function)
    if format is Format.HAR:
        return cast("_OfRequests", function)(posture, requests)
    return cast("_OfPosture", function)(posture)
