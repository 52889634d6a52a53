"""Make the virtual environments of this checkout, each from its hashed requirement file.

Needs nothing but the standard library of a Python >= 3.11. Each environment is made under a lock of its own, so two
`make` at once wait for each other, and carries a stamp of what it was made from, written last: one that was
interrupted has none and is made again.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
UV: Final = ROOT / ".uv" / "bin" / "uv"
NEWEST_SUPPORTED: Final = 14  # the newest Python 3 for which every pinned package has a wheel
OLDEST_SUPPORTED: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One folder, the file that says what is in it, and whether our own package is installed there as well."""

    folder: str
    requirements: str
    build_requirements: str | None = None
    holds_us: bool = False

    def inputs(self) -> tuple[str, ...]:
        """The files whose content decides what is installed."""
        files = [self.requirements, self.build_requirements, "pyproject.toml" if self.holds_us else None]
        return tuple(name for name in files if name is not None)


ENVIRONMENTS: Final[Mapping[str, Environment]] = {
    "uv": Environment(folder=".uv", requirements="requirements-uv.txt"),
    "scanner": Environment(
        folder=".venv",
        requirements="requirements-dev.txt",
        build_requirements="requirements-build.txt",
        holds_us=True,
    ),
    "infra": Environment(folder="infra/.venv", requirements="infra/requirements.txt"),
    "newest": Environment(
        folder=".venv-newest",
        requirements="requirements-dev.txt",
        build_requirements="requirements-build.txt",
        holds_us=True,
    ),
}


def stamp_text(environment: Environment, python: str) -> str:
    """What an environment was made from: the Python and the SHA-256 of every input file, one a line."""
    digests = (hashlib.sha256((ROOT / name).read_bytes()).hexdigest() + "  " + name for name in environment.inputs())
    return "\n".join([python, *digests, ""])


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock of one environment; another `make` that wants it waits."""
    folder = ROOT / ".make"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def index_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Hand pip's index settings to uv, which does not read them itself; what is set for uv wins."""
    twins = {
        "UV_DEFAULT_INDEX": "PIP_INDEX_URL",
        "UV_INDEX": "PIP_EXTRA_INDEX_URL",
        "SSL_CERT_FILE": "PIP_CERT",
    }
    found = {ours: environ[theirs] for ours, theirs in twins.items() if ours not in environ and environ.get(theirs)}
    if "UV_INDEX_URL" in environ:
        found.pop("UV_DEFAULT_INDEX", None)
    return found


def cache_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """A cache inside the checkout where the home folder cannot be written; else uv's own default."""
    if "UV_CACHE_DIR" in environ:
        return {}
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "/nonexistent")) / ".cache") / "uv"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        writable = False
    else:
        writable = os.access(cache, os.W_OK | os.X_OK)
    return {} if writable else {"UV_CACHE_DIR": str(ROOT / ".uv" / "cache")}


def uv(*arguments: str) -> None:
    """Run uv quietly.

    Raises: CalledProcessError, after uv has said why on stderr.
    """
    environ = dict(os.environ)
    environ |= index_settings(environ) | cache_settings(environ) | {"UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([str(UV), "--quiet", *arguments], check=True, cwd=ROOT, env=environ)


def make_uv(environment: Environment) -> None:
    """Bootstrap uv with the pip that comes with Python."""
    folder = ROOT / environment.folder
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", environment.requirements], check=True, cwd=ROOT)


def make_with_uv(environment: Environment, python: str) -> None:
    """Make or bring up to date one environment: exactly the pinned packages, every hash verified."""
    folder = ROOT / environment.folder
    stamp = folder / ".stamp"
    same_python = stamp.exists() and stamp.read_text().startswith(python + "\n")
    stamp.unlink(missing_ok=True)
    if not same_python:
        uv("venv", "--clear", "--python", python, environment.folder)
    inside = ["--python", str(folder / "bin" / "python")]
    building = ["--build-constraint", environment.build_requirements] if environment.build_requirements else []
    uv("pip", "sync", *inside, "--require-hashes", *building, environment.requirements)
    if environment.holds_us:
        uv("pip", "install", *inside, "--no-deps", "--no-build-isolation", "--editable", ".")


def newest_python() -> str:
    """Find the newest supported Python on PATH or among pyenv's; the empty string where there is none above 3.11."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in range(NEWEST_SUPPORTED, OLDEST_SUPPORTED, -1):
        names = [f"python3.{minor}", *map(str, sorted(pyenv.glob(f"3.{minor}.*/bin/python3.{minor}")))]
        for name in filter(None, map(shutil.which, names)):
            asked = subprocess.run([name, "-c", "import sys; print(sys.executable)"], capture_output=True, check=False)
            if asked.returncode == 0:
                return asked.stdout.decode().strip()
    return ""


def make(name: str) -> None:
    """Make the named environment unless its stamp says that it is as it should be.

    Raises: SystemExit with a sentence when there is no newer Python for `newest`.
    """
    environment = ENVIRONMENTS[name]
    python = newest_python() if name == "newest" else str(Path(sys.executable).resolve())
    if not python:
        sys.exit(
            f"No Python 3.{OLDEST_SUPPORTED + 1} to 3.{NEWEST_SUPPORTED} was found: nothing newer can be verified."
        )
    stamp = ROOT / environment.folder / ".stamp"
    wanted = stamp_text(environment, python)
    with locked(name):
        if not (stamp.exists() and stamp.read_text() == wanted):
            print(f"making {environment.folder} from {environment.requirements}", file=sys.stderr)
            if name == "uv":
                make_uv(environment)
            else:
                make_with_uv(environment, python)
        stamp.write_text(wanted)  # also when nothing changed: make goes by its time


def main() -> None:
    """Parse the name and make that environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(ENVIRONMENTS))
    name = parser.parse_args().name
    try:
        make(name)
    except subprocess.CalledProcessError as error:
        folder = ENVIRONMENTS[name].folder
        sys.exit(f"{folder} could not be made: {error.cmd[0]} ended with {error.returncode} and said why above.")


if __name__ == "__main__":
    main()
