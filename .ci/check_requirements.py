"""Look whether the hashed requirement files say what pyproject.toml, overrides.txt and the *.in files ask for.

Offline: it compares the files with each other. A range that no pin fits, a pin without a hash, a file that names a
host, or two files that pin the same package apart are complaints; `make requirements` mends them.
usage: check_requirements.py [ROOT]
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from complaint import Complaint, report
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
AGAIN: Final = "run make requirements"
AS_TESTED: Final = ("requirements.txt", "infra/service_on_lambda/requirements.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One pinned package of a hashed file, and how many hashes stand under it."""

    name: str
    version: str
    line: int
    hashes: int


def pins_of(text: str) -> list[Pin]:
    """The pins of a hashed requirement file, in order; a package may be pinned twice, apart by marker."""
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if found := PIN.match(line):
            pins.append(Pin(name=canonicalize_name(found[1]), version=found[2], line=number, hashes=0))
        elif line.lstrip().startswith("--hash=sha256:") and pins:
            last = pins.pop()
            pins.append(Pin(name=last.name, version=last.version, line=last.line, hashes=last.hashes + 1))
    return pins


def requirements_of(path: Path) -> list[Requirement]:
    """The ranges that a source file asks for; comments left out."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def asked_for(root: Path) -> dict[str, list[Requirement]]:
    """For each hashed file, the requirements that it has to satisfy; an override takes the place of a range."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    overrides = {canonicalize_name(item.name): item for item in requirements_of(root / "overrides.txt")}

    def parsed(texts: Iterable[str]) -> list[Requirement]:
        asked = map(Requirement, texts)
        return [overrides.get(canonicalize_name(item.name), item) for item in asked]

    ours = parsed(project["project"]["dependencies"])
    return {
        "requirements.txt": ours,
        "requirements-dev.txt": [*ours, *parsed(project["dependency-groups"]["dev"])],
        "requirements-build.txt": [
            *requirements_of(root / "requirements-build.in"),
            *map(Requirement, project["build-system"]["requires"]),
        ],
        "requirements-uv.txt": requirements_of(root / "requirements-uv.in"),
        "infra/requirements.txt": [
            *requirements_of(root / "infra" / "requirements.in"),
            *map(Requirement, project["project"]["optional-dependencies"]["infra"]),
        ],
        "infra/service_on_lambda/requirements.txt": requirements_of(
            root / "infra" / "service_on_lambda" / "requirements.in"
        ),
    }


def complaints_about(name: str, text: str, asked: Iterable[Requirement]) -> Iterator[Complaint]:
    """Judge one hashed file against what is asked of it."""
    pins = pins_of(text)
    for requirement in asked:
        found = [pin for pin in pins if pin.name == canonicalize_name(requirement.name)]
        if not found:
            yield Complaint(path=name, line=1, sentence=f"does not pin {requirement.name}; {AGAIN}")
        for pin in found:
            if not requirement.specifier.contains(pin.version, prereleases=True):
                sentence = f"{pin.name}=={pin.version} is outside {str(requirement)!r}; {AGAIN}"
                yield Complaint(path=name, line=pin.line, sentence=sentence)
    for pin in pins:
        if not pin.hashes:
            yield Complaint(path=name, line=pin.line, sentence=f"{pin.name} has no hash; {AGAIN}")
    for number, line in enumerate(text.splitlines(), start=1):
        if "://" in line or line.startswith(("-", "@")):
            yield Complaint(path=name, line=number, sentence=f"names an index, a URL or another file; {AGAIN}")


def pinned_apart(name: str, text: str, developer: str) -> Iterator[Complaint]:
    """Judge whether what runs elsewhere and what the tests run on are the same versions."""
    tested = {(pin.name, pin.version) for pin in pins_of(developer)}
    for pin in pins_of(text):
        if (pin.name, pin.version) not in tested:
            sentence = f"{pin.name}=={pin.version} is not what requirements-dev.txt pins; {AGAIN}"
            yield Complaint(path=name, line=pin.line, sentence=sentence)


def main(root: Path) -> int:
    """Judge every hashed requirement file."""
    asked = asked_for(root)
    texts = {name: (root / name).read_text() for name in asked}
    found = [item for name, text in texts.items() for item in complaints_about(name, text, asked[name])]
    for name in AS_TESTED:
        found += pinned_apart(name, texts[name], texts["requirements-dev.txt"])
    return report("pins that are what is asked for", sum(len(pins_of(text)) for text in texts.values()), found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()))
