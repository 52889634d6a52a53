"""The warm worker: one Checkov for all stacks of a run, asked by files of a private folder."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scanner.cloud.checkov import CheckovAnswer, CheckovFailed, CheckovSettings, read_answer
from scanner.cloud.declared import ForCheckov
from scanner.cloud.place import NotRun
from scanner.gate.process import ProcessResult
from scanner.model.effect import Effect
from scanner.model.intent import ProcessIntent

RunProcess = Callable[[ProcessIntent], Awaitable[ProcessResult]]

_WORKER: Final = Path(__file__).with_name("checkov_host")
_POLL_S: Final = 0.02
_LOADING_S: Final = 120.0  # Checkov takes seconds; a machine that is busy takes longer
_MOST_BYTES: Final = 512 * 2**20  # of one answer
_STDERR_SHOWN: Final = 400  # characters


class CheckovJobs:
    """`judge` gives one answer after the other. A worker that died is named with the job, and started for the next.

    `run` starts a process (and raises NotRun); `folder` is private; `life_s` bounds the worker's whole life. The first
    environment of `environments` is the one that the process is noted for.
    """

    def __init__(
        self, settings: CheckovSettings, run: RunProcess, folder: Path, life_s: float, environments: Sequence[str]
    ) -> None:
        self._settings = settings
        self._run = run
        self._folder = folder
        self._life_s = life_s
        self._environments = tuple(environments)
        self._worker: asyncio.Task[ProcessResult] | None = None
        self._place = folder
        self._workers = 0
        self._asked = 0
        self._dead: CheckovFailed | None = None
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Begin to load, so that it is ready when the first document is."""
        self._place = self._folder / f"checkov-{self._workers}"
        self._place.mkdir(mode=0o700)
        self._workers, self._asked = self._workers + 1, 0
        self._worker = asyncio.ensure_future(self._run(self._intent()))

    def _intent(self) -> ProcessIntent:
        settings = self._settings
        told = {
            "folder": str(self._place),
            "policies": [str(one) for one in settings.policies],
            "life_s": self._life_s,
        }
        first, *others = self._environments
        return ProcessIntent(
            effect=Effect.READ,
            environment=first,
            elsewhere={name: {} for name in others},
            probe="cloud-declared",
            purpose="judge the declared resources by Checkov's policies, offline",
            argv=(str(settings.python or sys.executable), "-I", str(_WORKER)),
            stdin=json.dumps(told).encode(),
            timeout_s=self._life_s,
            memory_bytes=settings.memory_bytes,
        )

    async def judge(self, document: ForCheckov) -> CheckovAnswer:
        """Everything that Checkov says of one stack; waits for its turn.

        Raises: CheckovFailed, which is about this document alone unless Checkov cannot be started at all.
        """
        async with self._turn:
            if self._dead is not None:
                raise self._dead
            if self._worker is None or self._worker.done():
                self.start()
            answer, plan = (self._place / f"{self._asked}.{kind}" for kind in ("answer", "json"))
            await asyncio.to_thread(self._hand_over, plan, document)
            self._asked += 1
            try:
                return read_answer(await self._answered(answer))
            finally:
                plan.unlink(missing_ok=True)  # it may hold a secret that its author wrote in clear

    def _hand_over(self, plan: Path, document: ForCheckov) -> None:
        _write(plan, document.document)
        job = {"document": str(plan), "framework": document.framework, "limit_s": self._settings.timeout_s}
        _write(self._place / f"{self._asked}.job", job)

    async def _answered(self, answer: Path) -> Mapping[str, Any]:
        worker = self._worker
        until = time.monotonic() + self._settings.timeout_s + _LOADING_S
        while not _is_there(answer):
            if worker is None or (worker.done() and not _is_there(answer)):
                raise await self._ended(worker)
            if time.monotonic() > until:
                await self.close()
                raise CheckovFailed("Checkov had to be ended because its time was up", timed_out=True)
            await asyncio.wait({worker}, timeout=_POLL_S)
        return await asyncio.to_thread(_read, answer)

    async def _ended(self, worker: asyncio.Task[ProcessResult] | None) -> CheckovFailed:
        """Why the worker is gone; one that never answered anything will not be asked again."""
        try:
            failed = _failed(await worker) if worker else CheckovFailed("Checkov gave no answer: it was ended")
        except NotRun as refused:
            failed = CheckovFailed(str(refused))
        if self._asked == 1 and not failed.timed_out:
            self._dead = failed
        return failed

    async def close(self) -> None:
        """End the worker, whatever it does."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)


def _is_there(file: Path) -> bool:
    return file.exists()


def _write(file: Path, document: Mapping[str, Any]) -> None:
    """Complete from the moment it is there, readable by us alone."""
    part = file.with_suffix(f"{file.suffix}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(document))  # in one piece: `json.dump` takes five times as long
    part.replace(file)


def _read(file: Path) -> Mapping[str, Any]:
    if file.stat().st_size > _MOST_BYTES:
        return {"failed": "its answer is larger than it may be"}
    document: Mapping[str, Any] = json.loads(file.read_bytes())
    return document


def _failed(result: ProcessResult) -> CheckovFailed:
    if result.timed_out:
        return CheckovFailed("Checkov had to be ended because its time was up", timed_out=True)
    said = result.stderr.decode(errors="replace").strip().splitlines()
    last = said[-1][:_STDERR_SHOWN] if said else f"exit code {result.exit_code}"
    if "No module named 'checkov'" in last:
        return CheckovFailed("Checkov is not installed for the configured interpreter: `pip install checkov`")
    return CheckovFailed(f"Checkov gave no answer: {last}")
