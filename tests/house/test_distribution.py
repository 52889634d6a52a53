"""What people get who install with plain pip: the whole product, and nothing of the checkout around it."""

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PACKAGES = ("infra", "scanner", "checks", "reports")
LEAKING = ("PYTHON", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_CONSTRAINT", "VIRTUAL_ENV")


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a command apart from the checkout, expect an exit code, give back what it said on stdout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(LEAKING)}
    ended = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == code, f"{command}\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
    return ended.stdout


@dataclass(frozen=True)
class Built:
    """Wheel and sdist of this checkout."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=root)
    return Built(wheel=next(folder.glob("*.whl")), sdist=next(folder.glob("*.tar.gz")))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment: the wheel with its extra `infra`, installed by pip and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    wheel = f"ocpi-posture[infra] @ {built.wheel.as_uri()}"
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder / "bin"


def _committed(root: Path, *folders: str) -> set[str]:
    return set(run("git", "ls-files", *folders, cwd=root).split())


def _wheel_names(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def _sdist_names(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_the_wheel_holds_every_committed_file_of_the_packages(built: Built, root: Path) -> None:
    missing = _committed(root, *PACKAGES, "Pulumi.yaml") - _wheel_names(built.wheel)

    assert missing == set()


def test_the_wheel_holds_nothing_else(built: Built) -> None:
    foreign = {n for n in _wheel_names(built.wheel) if not n.startswith((*(f"{p}/" for p in PACKAGES), "Pulumi."))}

    assert foreign == set()
    assert not {name for name in _wheel_names(built.wheel) if "/.venv/" in name or name.endswith(".pyc")}


def test_the_sdist_is_lean_and_makes_the_same_wheel(built: Built, tmp_path: Path) -> None:
    names = _sdist_names(built.sdist)
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not {name for name in names if name.startswith(("tests", "docs", ".ci", "requirements"))}

    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=next(tmp_path.iterdir()))

    assert _wheel_names(next(tmp_path.glob("*.whl"))) == _wheel_names(built.wheel)


def test_pip_resolves_everything_without_a_conflict(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "python", "-m", "pip", "check", cwd=tmp_path) == "No broken requirements found.\n"


def test_the_console_script_and_the_module_say_the_same_version(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "ocpi-posture", "--version", cwd=tmp_path)

    assert said.startswith("ocpi-posture")
    assert run(installed / "python", "-m", "scanner", "--version", cwd=tmp_path) == said


def _outcomes(folder: Path) -> Sequence[str]:
    posture = json.loads((folder / "posture.json").read_text())
    return [finding["outcome"] for finding in posture["findings"]]


def test_the_demo_is_clean_from_a_wheel(installed: Path, tmp_path: Path) -> None:
    run(installed / "ocpi-posture", "demo", "-o", "posture", cwd=tmp_path)

    outcomes = _outcomes(tmp_path / "posture")
    assert "pass" in outcomes
    assert "fail" not in outcomes
    assert (tmp_path / "posture" / "report.html").stat().st_size > 0


def test_the_demo_finds_its_faults_from_a_wheel(installed: Path, tmp_path: Path) -> None:
    run(installed / "ocpi-posture", "demo", "--faults", "all", "-o", "posture", cwd=tmp_path, code=1)

    assert "fail" in _outcomes(tmp_path / "posture")
