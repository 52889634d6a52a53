"""Where the program declares a resource. The SDK reads the text of every line on the way there, which nobody needs."""

import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final

from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

_TAKES: Final = "_get_stack_trace"  # of newer SDKs
_CONSTRUCTORS: Final = 3  # of Resource, of CustomResource or ComponentResource, of the resource's own class
INSTALLED: Final = "site-packages"


def watch_places() -> None:
    """From here on; an SDK that takes no traces tells of one place by itself."""
    if hasattr(resource, _TAKES):
        setattr(resource, _TAKES, _stack_trace)


def _stack_trace() -> Any:  # noqa: ANN401 - protobuf's own type
    """What called the resource's own class, and the first file of nobody's package on the way there."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to see it
    seen, places = 0, []
    while frame is not None:
        code, line = frame.f_code, frame.f_lineno
        if seen == _CONSTRUCTORS and line is not None:
            places.append(_place(code.co_filename, line))
            if INSTALLED not in code.co_filename:
                break
            places = places[:1]
        elif code.co_name == "__init__":
            seen += 1
        frame = frame.f_back
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=one) for one in places])


def _place(file: str, line: int) -> Any:  # noqa: ANN401 - protobuf's own type
    uri = _uri(file)
    return None if uri is None else source_pb2.SourcePosition(uri=uri, line=line)


@cache
def _uri(file: str) -> str | None:
    """None for what is no file: code that is made while the program runs."""
    try:
        return Path(file).as_uri()
    except ValueError:
        return None
