"""The tables of a specification page, each under its headings; AsciiDoc (2.2 and later) and Markdown (2.1.1)."""

import re
from collections.abc import Iterator

from scanner.model.late_dataclass import dataclass

_ASCIIDOC_HEADING = re.compile(r"^(=+) +(.*)$")
_MARKDOWN_HEADING = re.compile(r"^(#+) +(.*)$")
_ASCIIDOC_CELL = re.compile(r"(?<!\\)(?:(?<=\s)[adehlms])?\|")  # a letter before the bar is the style of the next cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: the headings above it (outermost first, markup removed), its column names, its rows."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class UnevenTable(ValueError):
    """The cells of a table do not fill its columns: the parser, or the page, is wrong."""


def plain(text: str) -> str:
    """Text without emphasis, numbering of headings and surplus blanks."""
    text = re.sub(r"^[\d.]+ +", "", text.strip())
    text = re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _descend(headings: tuple[tuple[int, str], ...], level: int, title: str) -> tuple[tuple[int, str], ...]:
    return (*((lv, t) for lv, t in headings if lv < level), (level, plain(title)))


def _asciidoc_cells(lines: list[str]) -> list[str]:
    cells: list[str] = []
    for line in lines:
        first, *more = _ASCIIDOC_CELL.split(line)
        if cells and first.strip():
            cells[-1] += " " + first.strip()
        cells += [cell.strip() for cell in more]
    return cells


def _grouped(cells: list[str], width: int, headings: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    while len(cells) % width and not cells[-1]:  # a stray bar at the end of a row
        cells.pop()
    if len(cells) % width:
        raise UnevenTable(f"{' > '.join(headings)}: {len(cells)} cells in {width} columns")
    return tuple(tuple(cells[at : at + width]) for at in range(0, len(cells), width))


def _asciidoc_table(lines: list[str], headings: tuple[str, ...]) -> Table:
    filled = [line for line in lines if line.strip()]
    header = [filled.pop(0)]
    while not filled[0].startswith("|"):  # a header cell that spills over into the next line
        header.append(filled.pop(0))
    columns = tuple(plain(cell) for cell in _asciidoc_cells(header))
    return Table(headings=headings, columns=columns, rows=_grouped(_asciidoc_cells(filled), len(columns), headings))


def asciidoc_tables(page: str) -> Iterator[Table]:
    """All tables of an AsciiDoc page, in order.

    Raises: UnevenTable.
    """
    headings: tuple[tuple[int, str], ...] = ()
    table: list[str] | None = None
    for line in page.splitlines():
        if line.startswith("|==="):
            if table is not None:
                yield _asciidoc_table(table, tuple(title for _, title in headings))
            table = [] if table is None else None
        elif table is not None:
            table.append(line)
        elif found := _ASCIIDOC_HEADING.match(line):
            headings = _descend(headings, len(found[1]), found[2])


def _markdown_row(line: str, width: int | None = None) -> tuple[str, ...]:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return tuple(cells[:width])


def markdown_tables(page: str) -> Iterator[Table]:
    """All tables of a Markdown page, in order; a row's cells beyond the last column are markup slips and dropped.

    Raises: UnevenTable where a row is too short.
    """
    headings: tuple[tuple[int, str], ...] = ()
    rows: list[tuple[str, ...]] = []
    for line in [*page.splitlines(), ""]:
        if line.lstrip().startswith("|"):
            rows.append(_markdown_row(line, len(rows[0]) if rows else None))
            continue
        if rows:
            yield _markdown_table(rows, tuple(title for _, title in headings))
            rows = []
        if found := _MARKDOWN_HEADING.match(line):
            headings = _descend(headings, len(found[1]), found[2])


def _markdown_table(rows: list[tuple[str, ...]], headings: tuple[str, ...]) -> Table:
    columns, _rule, *body = rows
    if any(len(row) != len(columns) for row in body):
        raise UnevenTable(f"{' > '.join(headings)}: a row is shorter than its header")
    return Table(headings=headings, columns=tuple(plain(c) for c in columns), rows=tuple(body))
