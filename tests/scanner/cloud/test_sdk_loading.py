"""A generated SDK that is loaded on demand is the same to a program as one that is loaded whole."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.scanner.cloud.running import PYTHON, ROOT

_HOST = ROOT / "scanner" / "cloud" / "program_host"
_NAMESPACES = ("sqs", "cfg", "acm")  # a function called as its module is, enumerations, inputs of another namespace
_LOOK = """
import json, sys
if sys.argv[1] == "on demand":
    sys.path.insert(0, sys.argv[2])
    from ocpi_posture_host.sdk_loading import load_on_demand
    load_on_demand()
import pulumi_aws as aws
from pulumi import _types as types
def members(value):
    if not isinstance(value, type) or type(value).__name__ == "_TypedDictMeta":
        return None  # those are for type checkers
    kinds = types.input_type_types(value) if types.is_input_type(value) else {}
    return [*map(str, value.__mro__), *sorted(vars(value)), *(f"{name}: {kind}" for name, kind in kinds.items())]
loaded = {}
for namespace in sys.argv[3:]:
    module = getattr(aws, namespace)
    getattr(module, "of_no_name", None)  # its first use
    names = sorted(name for name in dir(module) if not name.startswith("__"))
    before = sum(name.startswith(f"pulumi_aws.{namespace}.") for name in sys.modules)
    loaded[namespace] = [before, {
        name: "module" if isinstance(value, type(sys)) else [
            type(value).__name__, getattr(value, "__module__", None), getattr(value, "__qualname__", None),
            members(value),
        ]
        for name in names
        for value in [getattr(module, name)]
    }]
from pulumi_aws.sqs import *
loaded["starred"] = sorted(name for name in globals() if name in dir(aws.sqs) and name[0] != "_")
print(json.dumps(loaded))
"""


def looked(how: str) -> dict[str, Any]:
    done = subprocess.run(
        [PYTHON, "-I", "-c", _LOOK, how, str(_HOST), *_NAMESPACES], capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def on_demand() -> dict[str, Any]:
    return looked("on demand")


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return looked("whole")


def test_every_name_is_there_and_the_same(on_demand, whole):
    for namespace in _NAMESPACES:
        assert on_demand[namespace][1] == whole[namespace][1]
        assert len(on_demand[namespace][1]) > 10
    assert on_demand["starred"] == whole["starred"]
    assert "Queue" in on_demand["starred"]


def test_types_are_made_with_their_first_use():
    look = (
        f"import sys; sys.path.insert(0, {str(_HOST)!r})\n"
        "from ocpi_posture_host.sdk_loading import load_on_demand; load_on_demand()\n"
        "import pulumi_aws.wafv2._inputs as inputs\n"
        "def made(): return sorted(name for name in vars(inputs) if name.startswith('WebAcl'))\n"
        "before = made(); inputs.WebAclDefaultActionArgs(allow=inputs.WebAclDefaultActionAllowArgs())\n"
        "print(before, *made(), len(dir(inputs)) > 800, hasattr(inputs, 'OfNoNameArgs'))"
    )
    done = subprocess.run([PYTHON, "-I", "-c", look], capture_output=True, check=True, text=True)
    assert done.stdout == "[] WebAclDefaultActionAllowArgs WebAclDefaultActionArgs True False\n"


def test_nothing_is_loaded_before_it_is_named(on_demand, whole):
    assert on_demand["sqs"][0] < 3
    assert whole["sqs"][0] > 5


_PACKAGE = {
    "__init__.py": "",
    "_utilities.py": "",
    "odd/__init__.py": "from .thing import *\nSIDE_EFFECT = Thing.number\n",
    "odd/thing.py": "__all__ = ['Thing']\nclass Thing:\n    number = 7\n",
    "odd/_inputs.py": "from typing import TypedDict\nclass OursDict(TypedDict):\n    name: str\n",
}


def test_a_package_of_another_make_is_loaded_as_ever(tmp_path: Path):
    for name, text in _PACKAGE.items():
        file = tmp_path / "pulumi_handmade" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    look = (
        f"import sys; sys.path[:0] = [{str(_HOST)!r}, {str(tmp_path)!r}]\n"
        "from ocpi_posture_host.sdk_loading import load_on_demand; load_on_demand()\n"
        "import pulumi_handmade.odd as odd, pulumi_handmade.odd._inputs as inputs\n"
        "print(odd.SIDE_EFFECT, [*inputs.OursDict.__annotations__], type(odd).__name__)"
    )
    done = subprocess.run([PYTHON, "-I", "-c", look], capture_output=True, check=True, text=True)
    assert done.stdout.split("\n")[0] == "7 ['name'] module"
