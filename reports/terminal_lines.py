"""Lines of the terminal's summary: colour, headings, indents and marks."""

from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.view.answer import AnswerKind
from scanner.model.severity import Severity

_STYLE: Final = {
    "fail": "red",
    "inconclusive": "yellow",
    "waived": "magenta",
    "partial": "cyan",
    "pass": "green",
    AnswerKind.NO: "bold red",
    AnswerKind.NOT_PROVEN: "bold yellow",
    AnswerKind.YES: "bold green",
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
}


def style_of(word: str) -> str:
    """The colour of an outcome, a severity or an answer; none for other words."""
    return _STYLE.get(word, "")


def line_of(*parts: str | tuple[str, str]) -> Text:
    """Parts side by side, each plain or with its style."""
    return Text.assemble(*(part if isinstance(part, str) else (part[0], part[1]) for part in parts))


def indented(renderable: RenderableType, by: int = 2) -> Padding:
    """Further from the left edge, so many columns."""
    return Padding(renderable, (0, 0, 0, by))


def marked(word: str, style: str, text: Text) -> Padding:
    """A mark, and beside it a text whose further lines keep clear of the mark."""
    line = Table.grid(padding=(0, 1), pad_edge=False)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text(f" {word} ", style=style), text)
    return indented(line, 1)


def heading(text: str) -> Text:
    """What stands above a part, with a line left free before it."""
    return Text(f"\n{text}", style="bold")
