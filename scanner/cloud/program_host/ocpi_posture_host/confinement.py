"""What a program of somebody's cannot reach from here: the network, and the files in which people keep credentials.

Linux has Landlock (kernel documentation, userspace-api/landlock) for the files: reading stays allowed everywhere but
below the names of `_STORES` in the caller's homes, in `/proc` of other processes, and in `/run/secrets`. Where the
kernel has none, only the environment is scrubbed: `restricted_files` says which it was.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

_STORES: Final = frozenset(
    {".aws", ".azure", ".config", ".docker", ".git-credentials", ".gnupg", ".kube", ".netrc", ".npmrc", ".oci"}
    | {".pgpass", ".pulumi", ".pypirc", ".ssh", ".terraform.d", ".vault-token"}
    | {".bash_history", ".python_history", ".zsh_history"}
)
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on every architecture
_READ_FILE: Final = 1 << 2
_BENEATH: Final = 1
_NO_NEW_PRIVILEGES: Final = 38
_CONNECTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"})
_HERE: Final = ("127.", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104 - compared, never bound


class Confinement:
    """`restricted_files`: True once the kernel holds credential stores shut. `refused`: hosts that were asked for."""

    def __init__(self) -> None:
        self.restricted_files = False
        self.refused: set[str] = set()

    def close(self, homes: Sequence[str]) -> None:
        """From here on, for good."""
        self.restricted_files = _restrict_files(_shut(homes))
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _CONNECTS:
            return
        address = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        if isinstance(address, (str, bytes)) and event in {"socket.connect", "socket.sendto"}:
            return  # a socket of the file system
        host = address[0] if isinstance(address, tuple) else address
        text = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "localhost")
        if not text.startswith(_HERE):
            self.refused.add(text)
            raise ConnectionRefusedError(f"a program is run without a network here: {text} was not asked")


def _shut(homes: Sequence[str]) -> list[Path]:
    """What must not be read: stores that exist, and mounted secrets; wherever links lead."""
    found: set[Path] = set()
    for store in (*(Path(home, name) for home in homes for name in sorted(_STORES)), Path("/run/secrets")):
        found.update(one.resolve() for one in (store, *_linked_files(store)) if _keeps(one))
    return sorted(one for one in found if found.isdisjoint(one.parents))


def _linked_files(store: Path) -> list[Path]:
    """Files elsewhere that stand in the store by a link, as those who keep their settings in one place have them."""
    return [one for one in _listed(store) if one.is_symlink() and _is(Path.is_file, one)]


def _keeps(place: Path) -> bool:
    """True for a file and a folder; /dev/null, to which histories are often led, is what every program opens."""
    return _is(Path.is_file, place) or _is(Path.is_dir, place)


def _is(kind: Callable[[Path], bool], place: Path) -> bool:
    """False where we may not look; the program may not either. It says nothing of what else is in the same store."""
    try:
        return kind(place)
    except OSError:
        return False


def _restrict_files(shut: list[Path]) -> bool:
    """Allow reading everywhere but there: by a rule for each neighbour of each step that leads to one of them."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    handled = struct.pack("Q", _READ_FILE)
    ruleset = libc.syscall(_CREATE, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    try:
        for place in _allowed([*shut, Path("/proc/self")]):
            _allow(libc, ruleset, place)
        _allow(libc, ruleset, Path("/proc/self").resolve())
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allowed(shut: list[Path]) -> list[Path]:
    steps = {Path("/proc"), *(parent for one in shut for parent in one.parents)}
    kept = steps.union(shut)
    beside = (path for step in sorted(steps - {Path("/proc")}) for path in _listed(step))
    found = [path for path in beside if path not in kept and not path.is_symlink()]  # a link's target has its own rule
    return [*found, *(Path("/proc", name) for name in ("cpuinfo", "meminfo", "stat", "sys", "filesystems", "mounts"))]


def _listed(folder: Path) -> list[Path]:
    """Nothing where we may not list it, as homes of many on one machine: what is beside the way stays shut."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _allow(libc: Any, ruleset: int, place: Path) -> None:  # noqa: ANN401 - ctypes
    try:
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # gone, or not ours to open: it stays shut
    try:
        libc.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", _READ_FILE, descriptor), 0)
    finally:
        os.close(descriptor)
