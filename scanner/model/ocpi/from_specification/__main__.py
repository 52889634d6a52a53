"""Write the data files and the review listing from a git checkout of the specification.

    python -m scanner.model.ocpi.from_specification path/to/ocpi/.git

A branch that is not there is named, and nothing is written.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from scanner.model.ocpi.from_specification.assemble import PAGES, Page, document
from scanner.model.ocpi.from_specification.review import review

BRANCHES: Final = {
    "2.1.1": "release-2.1.1-bugfixes",
    "2.2.1": "release-2.2.1-bugfixes",
    "2.3.0": "2.3.0/release/core",
}
DATA: Final = Path(__file__).resolve().parent.parent / "data"


def _git(directory: str, *arguments: str) -> str:
    command = ["git", "--git-dir", directory, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def _pages(directory: str, branch: str) -> list[Page]:
    names = [n for n in _git(directory, "ls-tree", "--name-only", branch).split() if PAGES.match(n)]
    return [
        Page(name=n.rpartition(".")[0], markdown=n.endswith(".md"), text=_git(directory, "show", f"{branch}:{n}"))
        for n in names
    ]


def documents(directory: str) -> dict[str, dict[str, Any]]:
    """The document of every version, by version number."""
    found = {}
    for version, branch in BRANCHES.items():
        source = {"branch": branch, "commit": _git(directory, "rev-parse", branch).strip()}
        found[version] = document(version, source, _pages(directory, branch))
    return found


def main(arguments: list[str]) -> int:
    """Write everything; 2 where the checkout was not named."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    made = documents(arguments[0])
    for version, content in made.items():
        (DATA / f"{version}.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    (DATA / "REVIEW.md").write_text(review(made), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
