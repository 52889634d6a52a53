"""What a run was made of, so that an auditor can rebuild the same hashes."""

import hashlib
from importlib.metadata import version
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from scanner.cli import provenance
from scanner.cli.provenance import digests

ROOT = Path(__file__).parents[3]


def listed(root: Path, *parts: str) -> str:
    """As the guide for auditors says it, with the words of sha256sum."""
    files = [file for part in parts for file in (root / part).rglob("*") if "__pycache__" not in file.parts]
    paths = sorted(file.relative_to(root).as_posix() for file in files if file.is_file() and file.suffix != ".pyc")
    lines = [f"{hashlib.sha256((root / path).read_bytes()).hexdigest()}  {path}\n" for path in paths]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the three packages are looked for; nobody edits or compiles them there while they are hashed."""
    monkeypatch.setattr(provenance, "_places", lambda name: [tmp_path / name])
    monkeypatch.setattr(provenance, "_of_this_program", provenance._of_this_program.__wrapped__)  # it remembers
    return tmp_path


def test_program_and_catalogue_are_the_hashes_that_the_guide_describes(place):
    for name in ("scanner", "checks", "reports"):
        copytree(ROOT / name, place / name, ignore=ignore_patterns("__pycache__"))
    found = digests({})
    assert found["catalogue"] == listed(place, "checks/checklist", "checks/mappings")
    assert found["ocpi-posture"] == listed(place, "scanner", "checks", "reports")


def test_what_is_being_compiled_meanwhile_changes_no_hash(place):
    copytree(ROOT / "checks" / "checklist", place / "checks" / "checklist", ignore=ignore_patterns("__pycache__"))
    before = digests({})
    compiled = place / "checks" / "checklist" / "__pycache__"
    compiled.mkdir()
    (compiled / "being_written.cpython-311.pyc.4711").write_bytes(b"half")
    assert digests({}) == before


def test_the_packages_are_those_that_run():
    assert [provenance._places(name) for name in ("scanner", "reports")] == [[ROOT / "scanner"], [ROOT / "reports"]]


def test_a_tool_has_a_hash_only_in_the_version_that_is_installed_here():
    found = digests({"sslyze": version("sslyze"), "checkov": "0.0.1", "pulumi": "3.272.0"})
    assert set(found) == {"ocpi-posture", "catalogue", "sslyze"}
    assert found["sslyze"] == digests({"sslyze": version("sslyze")})["sslyze"]
