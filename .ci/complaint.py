"""What a check of the tree says, and the files that it looks at."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Complaint:
    """One thing that may not stay: where it is (path from the root, line from 1), and what to do about it."""

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


def tree_files(root: Path) -> Iterator[Path]:
    """All files that git has or would add, so that a mistake is seen before it is committed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(listing, cwd=root, capture_output=True, check=True).stdout.decode()
    for name in sorted(filter(None, answer.split("\0"))):
        path = root / name
        if path.is_file() and not path.is_symlink():
            yield path


def text_of(path: Path) -> str | None:
    """The text of a file, unpacked if it is gzip; None for pictures and other bytes."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return None if b"\0" in content else content.decode("utf-8", errors="replace")


def report(checked: str, looked_at: int, complaints: Iterable[Complaint]) -> int:
    """Print the complaints in order.

    Returns: the exit code: 0 clean, 1 complaints, 2 when there was nothing to look at (never a pass).
    """
    found = sorted(complaints)
    for complaint in found:
        print(complaint, file=sys.stderr)
    if not looked_at:
        print(f"{checked}: there was nothing to look at", file=sys.stderr)
        return 2
    print(f"{checked}: looked at {looked_at}, {len(found)} to mend")
    return 1 if found else 0
