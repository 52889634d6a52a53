"""The formats in which a posture can be written; each one's module is loaded when it is first rendered."""

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.model.posture import Posture
    from reports.model.recorded import RecordedRequest


class Format(StrEnum):
    """A format by its name on the command line."""

    JSON = "json"
    HTML = "html"
    HAR = "har"

    @property
    def file_name(self) -> str:
        """What the file is called in a run's folder."""
        match self:
            case Format.JSON:
                return "posture.json"
            case Format.HTML:
                return "report.html"
            case Format.HAR:
                return "requests.har"
            case _:
                assert_never(self)


def render(posture: "Posture", format: Format, requests: "Iterable[RecordedRequest]" = ()) -> bytes:
    """The posture in one format; the same posture gives the same bytes.

    `requests` are read for HAR only, which is about nothing else.
    """
    match format:
        case Format.JSON:
            from reports.json_document import render_json  # noqa: PLC0415 - see above

            return render_json(posture)
        case Format.HTML:
            from reports.html import render_html  # noqa: PLC0415 - see above

            return render_html(posture)
        case Format.HAR:
            from reports.har import render_har  # noqa: PLC0415 - see above

            return render_har(posture, requests)
        case _:
            assert_never(format)
