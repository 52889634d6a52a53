"""The formats in which a posture can be written; each one's module is loaded when it is first rendered."""

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from reports.model.posture import Posture


class Format(StrEnum):
    """A format by its name on the command line."""

    JSON = "json"
    HTML = "html"

    @property
    def file_name(self) -> str:
        """What the file is called in a run's folder."""
        match self:
            case Format.JSON:
                return "posture.json"
            case Format.HTML:
                return "report.html"
            case _:
                assert_never(self)


def render(posture: "Posture", format: Format) -> bytes:
    """The posture in one format; the same posture gives the same bytes."""
    match format:
        case Format.JSON:
            from reports.json_document import render_json  # noqa: PLC0415 - see above

            return render_json(posture)
        case Format.HTML:
            from reports.html import render_html  # noqa: PLC0415 - see above

            return render_html(posture)
        case _:
            assert_never(format)
