"""The check of the requirement files finds each way in which they can part from what is asked for."""

import shutil
from pathlib import Path

import pytest

from tests.house.conftest import Judge

SCRIPT = "check_requirements.py"
FILES = (
    "pyproject.toml",
    "overrides.txt",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-build.txt",
    "requirements-build.in",
    "requirements-uv.txt",
    "requirements-uv.in",
    "infra/requirements.txt",
    "infra/requirements.in",
    "infra/service_on_lambda/requirements.txt",
    "infra/service_on_lambda/requirements.in",
)


@pytest.fixture
def copied(tmp_path: Path, root: Path) -> Path:
    (tmp_path / "infra" / "service_on_lambda").mkdir(parents=True)
    for name in FILES:
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_committed_files_are_what_is_asked_for(copied: Path, judge: Judge) -> None:
    code, said, complaints = judge(SCRIPT, copied)

    assert (code, complaints) == (0, "")
    assert said.endswith(", 0 to mend\n")


def test_a_new_dependency_that_is_not_pinned_is_found(copied: Path, judge: Judge) -> None:
    _replace(copied / "pyproject.toml", '    "h11>=', '    "never-pinned>=1",\n    "h11>=')

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "requirements.txt:1: does not pin never-pinned" in complaints


def test_a_range_that_moved_away_from_its_pin_is_found(copied: Path, judge: Judge) -> None:
    _replace(copied / "pyproject.toml", '"pulumi-aws>=7.29,<8"', '"pulumi-aws>=99"')

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "is outside 'pulumi-aws>=99'" in complaints


def test_an_override_takes_the_place_of_a_range(copied: Path, judge: Judge) -> None:
    _replace(copied / "overrides.txt", "boto3>=1.44", "boto3>=99")

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "is outside 'boto3>=99'" in complaints


def test_a_pin_without_hash_or_with_an_index_is_found(copied: Path, judge: Judge) -> None:
    requirements = copied / "requirements-uv.txt"
    requirements.write_text("--index-url https://packages.example/simple\nuv==0.13.8\n")

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "requirements-uv.txt:1: names an index" in complaints
    assert "requirements-uv.txt:2: uv has no hash" in complaints


def test_the_function_and_the_tests_must_have_the_same_versions(copied: Path, judge: Judge) -> None:
    _replace(copied / "infra/service_on_lambda/requirements.txt", "\nstarlette==", "\nstarlette==9")

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "starlette==9" in complaints
    assert "is not what requirements-dev.txt pins" in complaints


def test_users_and_tests_must_have_the_same_versions(copied: Path, judge: Judge) -> None:
    _replace(copied / "requirements.txt", "\nh11==", "\nh11==9")

    code, _, complaints = judge(SCRIPT, copied)

    assert code == 1
    assert "h11==9" in complaints
    assert "is not what requirements-dev.txt pins" in complaints
