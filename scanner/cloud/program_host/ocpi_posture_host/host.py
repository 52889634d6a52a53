"""The run: request in, program, records out; whatever the program does, what was seen so far is written."""

import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Awaitable
from inspect import isawaitable
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pulumi
from pulumi.runtime import config, mocks, stack, sync_await

from .asking import watch_look_ups
from .confinement import Confinement
from .empty_functions import answer_at_once
from .monitor import RecordingMonitor
from .places import watch_places
from .request import Request, read_request
from .sdk_loading import load_on_demand
from .skipped import SkippedApplies
from .unread import leave_out

_OWN: Final = str(Path(__file__).resolve().parent)


def main() -> None:
    """Answer the request on standard input on what standard output was; the program's own output goes to stderr."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = read_request(sys.stdin)
    monitor = RecordingMonitor(request)
    folder, program = _located(Path(request.main))
    confinement, skipped = Confinement(), SkippedApplies(folder)
    report = _Report(monitor, answer, confinement, skipped)
    watch = threading.Timer(request.deadline_s, _give_up, (report, request, folder))
    watch.daemon = True
    watch.start()
    load_on_demand()
    answer_at_once()
    watch_look_ups()
    watch_places()
    leave_out()
    skipped.watch()
    confinement.close(request.homes)
    try:
        _run(request, monitor, folder, program)
    except SystemExit as left:
        report.write(None if left.code in (None, 0) else _error(left, folder))
    except BaseException as error:  # noqa: BLE001 - a program may raise anything, and everything else is still reported
        report.write(_error(error, folder))
    else:
        report.write(None)
    os._exit(0)  # threads that the program left behind must not keep us


class _Report:
    """Writes once: the run or the watch, whichever is first."""

    def __init__(
        self,
        monitor: RecordingMonitor,
        answer: Any,  # noqa: ANN401 - a text stream
        confinement: Confinement,
        skipped: SkippedApplies,
    ) -> None:
        self._monitor = monitor
        self._answer = answer
        self._confinement = confinement
        self._skipped = skipped
        self._lock = threading.Lock()

    def write(self, error: dict[str, Any] | None) -> None:
        """The document, flushed; a second call waits for ever, because the first one ends the process."""
        self._lock.acquire()
        document = {
            "pulumi": str(pulumi._version.version) if hasattr(pulumi, "_version") else "",  # noqa: SLF001 - no other way
            "resources": list(self._monitor.records),
            "unanswered": sorted(self._monitor.invokes.unanswered),
            "answered_later": sorted(self._monitor.invokes.later),
            "transforms_skipped": self._monitor.transforms_skipped,
            "applies_skipped": self._skipped.lines(),
            "refused_hosts": sorted(self._confinement.refused),
            "files_restricted": self._confinement.restricted_files,
            "error": error,
        }
        self._answer.write(json.dumps(document))  # in one piece: `json.dump` takes five times as long
        self._answer.flush()


def _located(main_path: Path) -> tuple[Path, Path]:
    """(folder, file): the engine runs `__main__.py` of a folder, in that folder."""
    resolved = main_path.resolve()
    return (resolved, resolved / "__main__.py") if resolved.is_dir() else (resolved.parent, resolved)


def _run(request: Request, monitor: RecordingMonitor, folder: Path, program: Path) -> None:
    os.chdir(folder)
    sys.argv = [str(program)]
    sys.path[0] = str(folder)  # where the engine puts it; this takes our own folder out
    config.set_all_config(dict(request.config), list(request.secret_keys))
    mocks.set_mocks(_mocks(monitor), request.project, request.stack, preview=True, monitor=monitor)
    sync_await._sync_await(stack.run_pulumi_func(lambda: _program(program)))  # noqa: SLF001 - as pulumi's own test decorator


def _mocks(monitor: RecordingMonitor) -> Any:  # noqa: ANN401 - pulumi's own type
    return monitor.mocks


def _program(program: Path) -> Awaitable[Any] | None:
    """Run the file; what newer SDKs have to wait for is handed on (older ones would never wait for a coroutine)."""
    runpy.run_path(str(program), run_name="__main__")
    root = pulumi.runtime.settings.get_root_resource()
    take = getattr(root, "_take_async_program", None)
    later = take() if take else None
    outputs = later() if later else None
    return outputs if isawaitable(outputs) else None


def _give_up(report: _Report, request: Request, folder: Path) -> None:
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - the documented way to see it
    position = _position([(one.f_code.co_filename, one.f_lineno) for one in _chain(frame)][::-1], folder)
    report.write({"kind": "Timeout", "message": f"did not end within {request.deadline_s:g} seconds", **position})
    os._exit(0)


def _chain(frame: FrameType | None) -> list[FrameType]:
    found = []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back
    return found


def _error(error: BaseException, folder: Path) -> dict[str, Any]:
    frames = [(one.filename, one.lineno or 0) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno or 0))
    cause = error.__cause__
    if cause is not None:
        frames.extend((one.filename, one.lineno or 0) for one in traceback.extract_tb(cause.__traceback__))
    message = str(error).strip() or type(error).__name__
    return {"kind": type(error).__name__, "message": message, **_position(frames, folder)}


def _position(frames: list[tuple[str, int]], folder: Path) -> dict[str, Any]:
    """The innermost line of the program's own files; none where the program has no part in it."""
    for file, line in reversed(frames):
        inside = Path(file).is_absolute() and Path(file).is_relative_to(folder.parent)
        if inside and "site-packages" not in file and not file.startswith(_OWN):
            return {"file": file, "line": line}
    return {"file": "", "line": 0}
