"""The reference service on a real TLS socket of the loopback interface, for tests.

```python
from tests.targets.reference_service import running_service

with running_service() as service:  # the correct service
    fetch(service.versions_url, service.tokens["emsp-a"], ca=service.ca_path)
with running_service(faults=("no-page-limit",)) as service:  # names of infra.service.faults.FAULTS, or "all"
    ...
```
Partners: `emsp-a` and `emsp-b` (two eMSPs with sessions and CDRs of their own), `cpo-c` (a CPO that pushes to our eMSP
side), `newcomer` (not registered: its token is a one-time CREDENTIALS_TOKEN_A). Tokens are the clear texts: in the
Authorization header they are Base64 encoded (`service.authorization("emsp-a")` is the whole header value).

Each start has a fresh memory storage with the same seed data, so tests may write; keys and tokens are made once per
test process. The server runs in a thread of this process and is up after a few milliseconds; `process=True` starts
`python -m infra.service serve` instead (about a second), for tests that need its pid, its output, or another process.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import contextlib
import functools
import json
import queue
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.service.assembly import Ready, ServeOptions, StoreKind, serve
from infra.service.deployment.folder import Folder, prepare
from infra.service.faults import select_faults
from infra.service.faults.fault import Fault
from infra.service.quarantine import Quarantine
from infra.service.store import Store
from infra.service.supported import VERSIONS
from tests.targets.loose_ends import cut_off

START_TIMEOUT = 20.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningService:
    """Where the service listens and how to get in. `events` are its log events so far (thread mode only)."""

    versions_url: str
    host: str
    port: int
    plaintext_port: int | None
    ca_path: Path
    tokens: dict[str, str] = field(repr=False)
    folder: Folder
    events: list[Mapping[str, object]] = field(default_factory=list, repr=False)
    pid: int | None = None

    @property
    def origin(self) -> str:
        """https://host:port."""
        return f"https://{self.host}:{self.port}"

    def authorization(self, partner: str) -> str:
        """The Authorization header's value of a partner."""
        return "Token " + base64.b64encode(self.tokens[partner].encode()).decode()

    def client_context(self) -> ssl.SSLContext:
        """A context that trusts this service's CA only."""
        return ssl.create_default_context(cafile=str(self.ca_path))


@contextlib.contextmanager
def running_service(
    faults: Sequence[str] = (),
    *,
    plaintext_port: int | None = None,
    process: bool = False,
    folder: Folder | None = None,
    store: str = "memory",
    versions: Sequence[str] = (),
    storage: Callable[[Store], Store] | None = None,
    backend: Callable[[Store], Store] | None = None,
    quarantine: Quarantine | None = None,
    control: Path | None = None,
) -> Iterator[RunningService]:
    """Start the service with `faults`; stop it at the end.

    `plaintext_port` 0 also opens a port without TLS (which refuses, unless the fault `plaintext-listener` is on).
    `folder` is a deployment folder of the caller's own; `store` may be "sqlite", in that folder.
    `versions` are those that it serves instead of all, such as "2.2.1"; not with `process`.
    `backend` goes round the storage, below what guards it; not with `process`.
    `storage` is given the seeded storage and says which one is used, `faults` come around it; not with `process`.
    `quarantine` takes what is refused; not with `process`. `control` is the Unix socket of its operator.
    Raises UnknownFaultError, and RuntimeError when it does not start.
    """
    used = folder or prepared_folder()
    if process:
        assert not versions
        assert storage is None
        assert backend is None
        assert quarantine is None
        started = _in_process(used, faults, plaintext_port, store, control)
    else:
        chosen = [] if storage is None else [_on(storage)]
        chosen += [] if backend is None else [Fault(name="backend", summary="a backend", wrap_backend=backend)]
        all_faults = [*chosen, *select_faults(faults)]
        started = _in_thread(used, all_faults, plaintext_port, store, versions, quarantine, control)
    with started as service:
        yield service


def _on(storage: Callable[[Store], Store]) -> Fault:
    """Faults are the one way to put something around the storage."""
    return Fault(name="storage", summary="another storage", wrap_store=storage)


@functools.cache
def prepared_folder() -> Folder:
    """The deployment folder that this test process shares."""
    root = Path(tempfile.mkdtemp(prefix="reference-service-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return prepare(root / "deployment")


@contextlib.contextmanager
def _in_thread(
    folder: Folder,
    faults: Sequence[Fault],
    plaintext_port: int | None,
    store: str,
    versions: Sequence[str],
    quarantine: Quarantine | None,
    control: Path | None,
) -> Iterator[RunningService]:
    answers: queue.Queue[tuple[Ready, asyncio.AbstractEventLoop, asyncio.Event] | BaseException] = queue.Queue()
    events: list[Mapping[str, object]] = []
    options = ServeOptions(
        folder=folder,
        plaintext_port=plaintext_port,
        faults=faults,
        store=StoreKind(store),
        events=events.append,
        quarantine=quarantine,
        control=control,
        versions=[version for version in VERSIONS if version.number in versions or not versions],
    )

    async def run() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        try:
            await serve(options, lambda ready: answers.put((ready, loop, stop)), stop)
        finally:
            await cut_off()

    def target() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - handed to the test's thread
            answers.put(error)

    thread = threading.Thread(target=target, name="reference-service", daemon=True)
    thread.start()
    answer = answers.get(timeout=START_TIMEOUT)
    if isinstance(answer, BaseException):
        raise RuntimeError("the reference service did not start") from answer  # noqa: TRY004
    ready, loop, stop = answer
    try:
        yield _service(folder, ready.versions_url, ready.host, ready.port, ready.plaintext_port, events, None)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_TIMEOUT)
        assert not thread.is_alive(), "the reference service did not stop"


@contextlib.contextmanager
def _in_process(
    folder: Folder, faults: Sequence[str], plaintext_port: int | None, store: str, control: Path | None
) -> Iterator[RunningService]:
    command = [
        sys.executable,
        "-m",
        "infra.service",
        "serve",
        str(folder.root),
        "--exit-on-stdin-eof",
        "--store",
        store,
    ]
    command += [part for name in faults for part in ("--fault", name)]
    command += [] if plaintext_port is None else ["--plaintext-port", str(plaintext_port)]
    command += [] if control is None else ["--control", str(control)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"the reference service ended with {child.wait(START_TIMEOUT)}")
        ready = json.loads(line)
        try:
            yield _service(
                folder, ready["versions_url"], ready["host"], ready["port"], ready["plaintext_port"], [], ready["pid"]
            )
        finally:
            child.terminate()
            child.wait(START_TIMEOUT)


def _service(
    folder: Folder,
    versions_url: str,
    host: str,
    port: int,
    plaintext_port: int | None,
    events: list[Mapping[str, object]],
    pid: int | None,
) -> RunningService:
    return RunningService(
        versions_url=versions_url,
        host=host,
        port=port,
        plaintext_port=plaintext_port,
        ca_path=folder.ca,
        tokens=folder.tokens(),
        folder=folder,
        events=events,
        pid=pid,
    )
