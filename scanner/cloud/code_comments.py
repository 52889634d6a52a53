"""Comments of the program that accept a finding, and the resources at whose lines they stand.

`# ocpi-posture: accept RULE owner=".." reason=".." until=YYYY-MM-DD`, on the line that declares a resource, inside the
call that does (Python), or in the comment lines right above it. What such a comment says is judged elsewhere; here it
is found, also where it stands beside nothing. Only files inside the project's folder are read, and only those that
declare something.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from scanner.cloud.project_file import MOST_FILES, project_text
from scanner.cloud.statements import Span, spans
from scanner.model.facts.cloud import CodeComment
from scanner.model.resource import Resource

_COMMENT: Final = re.compile(r"(?:#|//)\s*ocpi-posture:\s*(?P<said>.*?)\s*$")
_MARK: Final = re.compile(r"(?:#|//)\s*ocpi-posture:")  # what else has our name in it is code
_ALONE: Final = re.compile(r"\s*(?:#|//)")


def code_comments(resources: Iterable[Resource], folder: Path) -> tuple[tuple[str, ...], tuple[CodeComment, ...]]:
    """(files that were read, comments in them), both in order; positions are relative to `folder`."""
    by_file: dict[str, dict[int, list[str]]] = {}
    for one in resources:
        if one.position is not None and one.position.file and one.position.line > 0:
            by_file.setdefault(one.position.file, {}).setdefault(one.position.line, []).append(one.urn)
    read: list[str] = []
    found: list[CodeComment] = []
    for name in sorted(by_file)[:MOST_FILES]:
        text = project_text(folder, name)
        if text is not None:
            read.append(name)
            found.extend(_in_file(name, text, by_file[name]))
    return tuple(read), tuple(found)


def _in_file(name: str, text: str, declared: Mapping[int, list[str]]) -> Iterator[CodeComment]:
    if not _MARK.search(text):  # as in most files: nothing has to be parsed
        return
    lines = text.splitlines()
    where = spans(text, declared) if name.endswith(".py") else {line: Span(first=line, last=line) for line in declared}
    for line, said in _comments(name, text, lines):
        beside = {
            urn for at, span in where.items() if line in _covered(span, lines) for urn in declared[at]
        }  # a loop declares several resources on one line
        yield CodeComment(file=name, line=line, text=said, urns=tuple(sorted(beside)))


def _covered(span: Span, lines: list[str]) -> range:
    """The statement, and the comment lines right above it."""
    first = span.first
    while first > 1 and first - 2 < len(lines) and _ALONE.match(lines[first - 2]):
        first -= 1
    return range(first, span.last + 1)


def _comments(name: str, text: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    """(line, what it says); in Python, text that only looks like a comment is none."""
    if name.endswith(".py"):
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        except (tokenize.TokenError, SyntaxError):
            tokens = []
        for one in tokens:
            said = _COMMENT.match(one.string) if one.type == tokenize.COMMENT else None
            if said:
                yield one.start[0], said["said"]
        if tokens:
            return
    for number, line in enumerate(lines, start=1):
        if said := _COMMENT.search(line):
            yield number, said["said"]
