"""A real PostgreSQL server of our own on loopback, with a password; it can be stopped in the middle."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PASSWORD = "pg-canary-7Qf2xWn9Lk"  # a secret that no output may show


def _bin() -> Path | None:
    """The folder of `postgres` and `initdb`; Debian keeps both off PATH."""
    places = [Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


BIN = _bin()
_USER = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root


@dataclass
class Server:
    """`url` has no password. `stop` cuts every session off."""

    port: int
    data: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        return f"postgresql://posture@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # cuts every session off; SIGTERM would wait for them
        self.process.wait(20)


@contextmanager
def running_postgresql() -> Iterator[Server]:
    """A fresh server, ended and removed afterwards."""
    assert BIN is not None
    with tempfile.TemporaryDirectory(prefix="posture-pg-", ignore_cleanup_errors=True) as name:
        data, password = Path(name) / "data", Path(name) / "password"
        password.write_text(PASSWORD)
        if _USER:
            shutil.chown(name, _USER)
            shutil.chown(password, _USER)
        initdb: list[str | Path] = [
            BIN / "initdb",
            "-D",
            data,
            "-U",
            "posture",
            "--pwfile",
            password,
            "-A",
            "scram-sha-256",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, capture_output=True, user=_USER, cwd=name, timeout=500)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        process = _started(data, port)
        try:
            yield Server(port=port, data=data, process=process)
        finally:
            process.kill()
            process.wait(20)


def _started(data: Path, port: int) -> subprocess.Popen[bytes]:
    assert BIN is not None
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    chosen = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    with (data.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / "postgres", "-D", data, *chosen], user=_USER, cwd=data, stdout=log, stderr=log
        )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if b"ready to accept connections" in (data.parent / "log").read_bytes():
            return process
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    process.wait(20)
    raise AssertionError((data.parent / "log").read_text())
