from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bundle
from infra.bill_of_materials import read_pins
from tests.infra.recorded_program import PROJECT, Recorded

PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    return dict(PIN.findall((PROJECT / path).read_text()))


def test_the_layer_is_for_the_platform_of_the_function(stack: Recorded):
    function = stack.inputs("aws:lambda/function:Function", "service")
    assert function["runtime"] == f"python{bundle.PYTHON_VERSION}"
    assert function["architectures"] == [{"manylinux2014_aarch64": "arm64"}[bundle.PLATFORM]]


def test_the_layer_goes_where_the_program_looks_for_it(stack: Recorded):
    layer = stack.inputs("aws:lambda/layerVersion:LayerVersion")["code"]["assets"]["python"]["path"]
    assert layer == str(bundle.FOLDER)


def test_only_hashed_wheels_are_installed(tmp_path):
    command = bundle.install_command(tmp_path)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(command)
    assert command[-1].endswith("infra/service_on_lambda/requirements.txt")
    assert command[command.index("--target") + 1] == str(tmp_path)


def test_the_interpreter_that_the_guide_names_can_build_it():
    named = re.findall(r"^(\S+) -m infra\.bundle", (PROJECT / "docs" / "deploy.md").read_text(), re.MULTILINE)
    assert named == ["infra/.venv/bin/python"]
    subprocess.run([PROJECT / named[0], "-m", "pip", "--version"], capture_output=True, check=True)


def pip_that(ends: str):
    def command(target: Path) -> list[str]:
        script = "import pathlib, sys; f = pathlib.Path(sys.argv[1]); f.mkdir(); (f / 'new.py').touch();"
        return [sys.executable, "-c", f"{script} sys.exit({ends})", str(target)]

    return command


def test_a_layer_that_could_not_be_built_leaves_the_one_before_it(tmp_path, monkeypatch):
    target = tmp_path / "build" / "libraries"
    monkeypatch.setattr(bundle, "install_command", pip_that("1"))
    with pytest.raises(subprocess.CalledProcessError):
        bundle.build(target)
    assert not target.exists()
    target.mkdir()
    (target / "old.py").touch()
    with pytest.raises(subprocess.CalledProcessError):
        bundle.build(target)
    assert [file.name for file in target.parent.rglob("*")] == ["libraries", "old.py"]


def test_a_layer_takes_the_place_of_the_one_before_it(tmp_path, monkeypatch):
    target = tmp_path / "libraries"
    target.mkdir()
    (target / "old.py").touch()
    monkeypatch.setattr(bundle, "install_command", pip_that("0"))
    bundle.build(target)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["libraries", "libraries.cdx.json", "new.py"]


def test_the_versions_are_those_that_the_tests_run_with():
    tested = pins("requirements.txt")
    deployed = pins("infra/service_on_lambda/requirements.txt")
    assert deployed
    assert {name: tested.get(name) for name in deployed} == deployed


def test_everything_that_the_service_imports_is_in_the_layer():
    script = (
        "import sys, infra.service_on_lambda.handler\n"
        "files = {name: getattr(module, '__file__', None) or '' for name, module in sys.modules.items()}\n"
        "print(*{name.split('.')[0] for name, file in files.items() if 'site-packages' in file})"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    imported = {name.replace("_", "-") for name in child.stdout.split() if not name.startswith("_")}
    assert "starlette" in imported
    assert imported <= pins("infra/service_on_lambda/requirements.txt").keys()


def test_the_bill_of_materials_names_every_pin_with_its_hashes_and_is_the_same_each_time(tmp_path):
    target = tmp_path / "libraries"
    file = bundle.write_bill_of_materials(target)
    first = file.read_bytes()
    assert bundle.write_bill_of_materials(target).read_bytes() == first
    document = json.loads(first)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    found = {component["name"]: component for component in document["components"]}
    assert {name: one["version"] for name, one in found.items()} == pins("infra/service_on_lambda/requirements.txt")
    committed = bundle.REQUIREMENTS.read_text()
    hashes = {entry["value"] for one in found.values() for entry in one["properties"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", committed))
    assert all(one["purl"] == f"pkg:pypi/{name}@{one['version']}" for name, one in found.items())


def installed(folder: Path, machine: str) -> Path:
    """What pip leaves of one package, on that machine."""
    notes = folder / "example-1.0.dist-info"
    for parent in (folder / "bin", folder / "example" / "__pycache__", notes):
        parent.mkdir(parents=True)
    (folder / "example" / "__init__.py").write_text("VALUE = 1\n")
    (folder / "example" / "__pycache__" / "x.pyc").write_bytes(machine.encode())
    (folder / "bin" / "example").write_text(f"#!/home/{machine}/bin/python\n")
    (notes / "RECORD").write_text(f"../bin/example,sha256={machine},1\n")
    (notes / "INSTALLER").write_text(machine)
    (notes / "METADATA").write_text("Name: example\n")
    return folder


def test_two_machines_make_the_same_layer_from_the_same_pins(tmp_path):
    one, two = installed(tmp_path / "one", "anna"), installed(tmp_path / "two", "bert")
    (two / "example" / "__init__.py").chmod(0o755)
    assert bundle.digest(one) != bundle.digest(two)
    for folder in (one, two):
        bundle.settle(folder)
    assert bundle.digest(one) == bundle.digest(two)
    assert sorted(file.name for file in one.rglob("*") if file.is_file()) == ["METADATA", "__init__.py"]
    assert {file.stat().st_mode & 0o777 for file in two.rglob("*") if file.is_file()} == {0o644}
    (two / "example" / "__init__.py").write_text("VALUE = 2\n")
    assert bundle.digest(one) != bundle.digest(two)


def test_a_package_without_a_hash_is_no_pin():
    with pytest.raises(ValueError, match="no hash: second"):
        read_pins("first==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\nsecond==2.0\n")
