"""What a run was made of, so that an auditor can rebuild the same hashes."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from scanner.cli.provenance import digests

ROOT = Path(__file__).parents[3]


def listed(*parts: str) -> str:
    """As the guide for auditors says it, with the words of sha256sum."""
    files = [file for part in parts for file in (ROOT / part).rglob("*") if file.is_file() and file.suffix != ".pyc"]
    paths = sorted(file.relative_to(ROOT).as_posix() for file in files)
    lines = [f"{hashlib.sha256((ROOT / path).read_bytes()).hexdigest()}  {path}\n" for path in paths]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_program_and_catalogue_are_the_hashes_that_the_guide_describes():
    found = digests({})
    assert found["catalogue"] == listed("checks/checklist", "checks/mappings")
    assert found["ocpi-posture"] == listed("scanner", "checks", "reports")


def test_a_tool_has_a_hash_only_in_the_version_that_is_installed_here():
    found = digests({"sslyze": version("sslyze"), "checkov": "0.0.1", "pulumi": "3.272.0"})
    assert set(found) == {"ocpi-posture", "catalogue", "sslyze"}
    assert found["sslyze"] == digests({"sslyze": version("sslyze")})["sslyze"]
