"""The line of the user's own program at which a resource is declared."""

import posixpath
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from scanner.cloud.loaders.engine_format import EngineState
from scanner.model.tool_verdict import SourcePosition

# `project:///infra/api.py#54`; a column may follow the line
_PLACE: Final = re.compile(r"project:///(?P<path>[^#]*)(?:#(?P<line>\d{1,9})?(?:,\d+)?)?")
_BORROWED: Final = frozenset({"site-packages", "dist-packages", "node_modules", "vendor"})


def position_of(state: EngineState) -> SourcePosition | None:
    """The innermost line that lies in the project: in a component of one's own, or where a borrowed one is called."""
    trace = (frame.sourcePosition for frame in state.stack_trace or ())
    return _innermost((state.source_position, *trace))


def _innermost(frames: Iterable[str]) -> SourcePosition | None:
    return next((place for frame in frames if (place := _place(frame)) is not None), None)


def _place(frame: str) -> SourcePosition | None:
    match = _PLACE.fullmatch(frame)
    if match is None or not match["path"]:
        return None
    path = posixpath.normpath(unquote(match["path"]))
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or _BORROWED & set(parts):
        return None
    return SourcePosition(file=path, line=int(match["line"] or 0))
