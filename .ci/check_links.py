"""Look for dead links in the Markdown files: relative targets, anchors, and paths of this repository in backticks.

Links to other hosts are not followed: a check of the tree needs no network.
usage: check_links.py [ROOT]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from complaint import Complaint, report, tree_files

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE: Final = re.compile(r"^\s*(```|~~~)")
HEADING: Final = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
LINKS: Final = (
    re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)"),  # [text](target), ![picture](target)
    re.compile(r"^\s*\[[^\]^]+\]:\s+<?(\S+?)>?(?:\s|$)"),  # [name]: target
    re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|srcset|href)=\"([^\"]+)\""),
)
CODE: Final = re.compile(r"`([^`\n]+)`")
OUR_PATH: Final = re.compile(r"^(?:infra|scanner|checks|reports|tests|docs|changelog\.d|\.ci)/[\w./*-]*$")
HAS_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of the lines outside fenced code."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(text: str) -> frozenset[str]:
    """The anchors that a page offers, as GitHub makes them from headings (a repeated one gets -1, -2, ..)."""
    seen: dict[str, int] = {}
    for _, line in prose(text):
        if heading := HEADING.match(line):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            seen[slug] = seen.get(slug, -1) + 1
    return frozenset(slug if not n else f"{slug}-{n}" for slug, count in seen.items() for n in range(count + 1))


def why_dead(root: Path, page: Path, target: str) -> str | None:
    """Why a link target leads nowhere; None when it is alive or on another host."""
    if HAS_SCHEME.match(target) or target.startswith("//"):
        return None
    name, _, anchor = unquote(target).partition("#")
    aimed = (root / name.lstrip("/") if name.startswith("/") else page.parent / name) if name else page
    if not aimed.exists():
        return f"{target!r} leads nowhere"
    if anchor and aimed.suffix == ".md" and anchor not in anchors(aimed.read_text()):
        return f"{target!r}: no heading of {aimed.relative_to(root)} makes that anchor"
    return None


def missing_path(root: Path, code: str) -> bool:
    """Whether a piece of code names a path of this repository that does not exist; `*` stands for any name."""
    return bool(OUR_PATH.match(code)) and not any(root.glob(code.rstrip("/")))


def complaints_about(root: Path, page: Path) -> Iterator[Complaint]:
    """Judge every link and every named path of one page."""
    name = str(page.relative_to(root))
    for number, line in prose(page.read_text()):
        without_code = CODE.sub("", line)
        for target in (match[1] for pattern in LINKS for match in pattern.finditer(without_code)):
            if sentence := why_dead(root, page, target):
                yield Complaint(path=name, line=number, sentence=sentence)
        for code in CODE.findall(line):
            if missing_path(root, code):
                yield Complaint(path=name, line=number, sentence=f"`{code}` does not exist")


def main(root: Path) -> int:
    """Judge every Markdown page of the tree."""
    pages = [path for path in tree_files(root) if path.suffix == ".md"]
    found = [complaint for page in pages for complaint in complaints_about(root, page)]
    return report("pages without dead links", len(pages), found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()))
