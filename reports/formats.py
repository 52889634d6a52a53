"""The formats in which a posture can be written; each one's module is loaded when it is first rendered."""

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.model.aws_account import AwsAccount
    from reports.model.posture import Posture
    from reports.model.recorded import RecordedRequest
    from reports.model.recorded_load import RecordedLoad


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
    OSCAL = "oscal"
    OSCAL_CATALOG = "oscal-catalog"
    OCSF = "ocsf"
    ASFF = "asff"
    LOAD = "load"

    @property
    def file_name(self) -> str:
        """What the file is called in a run's folder."""
        return _WRITERS[self].file_name

    @property
    def purpose(self) -> str:
        """What it is for, in a few words."""
        return _WRITERS[self].purpose


class _Writer(NamedTuple):
    """What the file is called, which function of which module writes it, and what for."""

    file_name: str
    module: str
    function: str
    purpose: str


_WRITERS: Final = {
    Format.JSON: _Writer("posture.json", "reports.json_document", "render_json", "the record itself, for programs"),
    Format.HTML: _Writer("report.html", "reports.html", "render_html", "one page for people, in a browser"),
    Format.HAR: _Writer("requests.har", "reports.har", "render_har", "every HTTP request of the run, redacted"),
    Format.SARIF: _Writer("report.sarif", "reports.sarif", "render_sarif", "code scanning of a repository"),
    Format.JUNIT: _Writer("junit.xml", "reports.junit", "render_junit", "test results of a pipeline"),
    Format.CSV: _Writer("findings.csv", "reports.csv_table", "render_csv", "a line a finding, for a spreadsheet"),
    Format.MARKDOWN: _Writer("summary.md", "reports.markdown", "render_markdown", "a comment on a pull request"),
    Format.PDF: _Writer("report.pdf", "reports.pdf", "render_pdf", "a document to print and to sign"),
    Format.OSCAL: _Writer("oscal-results.json", "reports.oscal_results", "render_oscal", "assessment results, for GRC"),
    Format.OSCAL_CATALOG: _Writer(
        "oscal-catalog.json", "reports.oscal_catalog", "render_oscal_catalog", "the checklist as an OSCAL catalog"
    ),
    Format.OCSF: _Writer("findings.ocsf.jsonl", "reports.ocsf", "render_ocsf", "an event a finding, for a SIEM"),
    Format.ASFF: _Writer("findings.asff.json", "reports.asff", "render_asff", "findings for AWS Security Hub"),
    Format.LOAD: _Writer("load.html", "reports.load", "render_load", "the curves of a stress test, in a browser"),
}


class _OfPosture(Protocol):
    def __call__(self, posture: "Posture", /) -> bytes: ...


class _OfRequests(Protocol):
    def __call__(self, posture: "Posture", requests: "Iterable[RecordedRequest]", /) -> bytes: ...


class _OfLoads(Protocol):
    def __call__(self, posture: "Posture", loads: "Iterable[RecordedLoad]", /) -> bytes: ...


class _OfAccount(Protocol):
    def __call__(self, posture: "Posture", account: "AwsAccount", /) -> bytes: ...


class NoAccount(ValueError):
    """ASFF was asked for without the account and the region that it is for."""


def render(
    posture: "Posture",
    format: Format,
    requests: "Iterable[RecordedRequest]" = (),
    *,
    account: "AwsAccount | None" = None,
    loads: "Iterable[RecordedLoad]" = (),
) -> bytes:
    """The posture in one format; the same posture gives the same bytes.

    `requests` are read for HAR only, which is about nothing else, and `loads` for their own page; ASFF is for an
    `account`, and no other format is.
    Raises: NoAccount.
    """
    writer = _WRITERS[format]
    function = getattr(import_module(writer.module), writer.function)
    match format:
        case Format.HAR:
            return cast("_OfRequests", function)(posture, requests)
        case Format.LOAD:
            return cast("_OfLoads", function)(posture, loads)
        case Format.ASFF:
            if account is None:
                raise NoAccount("ASFF names the AWS account and region that it is imported into")
            return cast("_OfAccount", function)(posture, account)
        case _:
            return cast("_OfPosture", function)(posture)
