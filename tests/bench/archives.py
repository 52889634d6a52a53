"""Size of what each function is deployed from: files, bytes packed and unpacked, each beside its limit.

Small archives start fast, and a file that should have stayed at home shows here first. The engine packs the archives
itself; these are packed as it does, with the same times and order, twice, and have to be the same bytes. The layer is
measured where `python -m infra.bundle` has built it.
"""

import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.infra.recorded_program import PYTHON, Recorded, example, run

# KiB, packed. A function has a third of it to grow; Lambda takes 50 MB.
LIMITS_KIB: Final = {"authoriser": 16, "rotation": 32, "scan-watch": 4, "service": 200, "libraries": 12 * 1024}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_FUNCTION: Final = "aws:lambda/function:Function"
_LAYER: Final = "aws:lambda/layerVersion:LayerVersion"


def packed(code: Mapping[str, Any]) -> bytes:
    """The zip: files in order of name, all of one time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for inside, path in sorted(_files(code)):
            target.writestr(zipfile.ZipInfo(inside, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return written.getvalue()


def _files(code: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for inside, asset in code["assets"].items():
        path = Path(asset["path"])
        if path.is_dir():
            yield from ((f"{inside}/{file.relative_to(path)}", file) for file in path.rglob("*") if file.is_file())
        else:
            yield inside, path


def main() -> int:
    """A line for each archive; 1 when one is over its limit, or differs the second time."""
    if not PYTHON.exists():
        sys.stderr.write("infra/.venv is not there: `make setup` makes it\n")
        return 1
    recorded = run({kind: example(kind) for kind in ("test", "audit")})
    return max(_measured(name, code) for name, code in sorted(_archives(recorded).items()))


def _archives(recorded: Mapping[str, Recorded | str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for stack in recorded.values():
        assert isinstance(stack, Recorded), stack
        for one in (*stack.all(_FUNCTION), *stack.all(_LAYER)):
            found[one["name"]] = one["inputs"]["code"]
    return found


def _measured(name: str, code: Mapping[str, Any]) -> int:
    files = [path for _, path in _files(code)]
    if not files or not all(path.is_file() for path in files):
        sys.stdout.write(f"{name:<11} is not there: python -m infra.bundle\n")
        return 0
    content, again = packed(code), packed(code)
    limit = LIMITS_KIB[name] * 1024
    kept = len(content) <= limit and content == again
    unpacked = sum(path.stat().st_size for path in files)
    digest = hashlib.sha256(content).hexdigest()[:16]
    sys.stdout.write(
        f"{name:<11} {len(files):>4} files, {unpacked / 1024:>7.0f} KiB, packed {len(content) / 1024:>6.0f} KiB "
        f"(limit {LIMITS_KIB[name]} KiB), sha256 {digest}, {'kept' if kept else 'NOT KEPT'}\n"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
