"""Where the call stands that declares a resource: its first and last line."""

import ast
from collections.abc import Iterable, Mapping

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Lines from 1, both included."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        """True if the line lies inside."""
        return self.first <= line <= self.last

    @property
    def size(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


def spans(text: str, lines: Iterable[int]) -> Mapping[int, Span]:
    """For each line of a Python file that declares something: the call there, and the start of its simple statement.

    A line that cannot be found in a call (the file has changed, or cannot be parsed) is a span of itself.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {line: Span(first=line, last=line) for line in lines}
    calls = [_span(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    statements = [
        _span(node) for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return)
    ]
    return {line: _around(line, calls, statements) for line in lines}


def _span(node: ast.expr | ast.stmt) -> Span:
    return Span(first=node.lineno, last=node.end_lineno or node.lineno)


def _around(line: int, calls: list[Span], statements: list[Span]) -> Span:
    """The largest call that begins on the line (its arguments' calls lie inside it), with what it is assigned to."""
    beginning = [one for one in calls if one.first == line]
    holding = sorted((one for one in calls if one.holds(line)), key=lambda one: one.size)
    if not beginning and not holding:
        return Span(first=line, last=line)
    call = max(beginning, key=lambda one: one.size) if beginning else holding[0]
    within = [one for one in statements if one.holds(call.first) and one.last == call.last]
    return Span(first=min((one.first for one in within), default=call.first), last=call.last)
