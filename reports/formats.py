"""The formats in which a posture can be written."""

from enum import StrEnum
from typing import assert_never

from reports.html import render_html
from reports.json_document import render_json
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


def render(posture: Posture, format: Format) -> bytes:
    """The posture in one format; the same posture gives the same bytes."""
    match format:
        case Format.JSON:
            return render_json(posture)
        case Format.HTML:
            return render_html(posture)
        case _:
            assert_never(format)
