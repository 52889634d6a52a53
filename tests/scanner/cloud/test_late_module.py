"""A module that waits is the real one as soon as it is used; each case is a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]


def _said(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


def test_the_detectors_find_secrets_without_the_library_that_would_ask_their_providers() -> None:
    code = """
import sys
from scanner.cloud.secret_detection import detected
print(*(one.kind.replace(" ", "-") for one in detected("AKIA" + "QWERTYUIOPASDFGH")))
print("requests" in sys.modules, "urllib3" in sys.modules, "requests.models" in sys.modules)
import requests
print("urllib3" in sys.modules, requests.codes.ok, type(requests).__name__)
"""

    assert _said(code) == ["AWS-Access-Key", "True", "False", "False", "False", "200", "module"]


@pytest.mark.parametrize(
    "before, told",
    [("import requests", "True"), ("", "False")],
    ids=["loaded before", "not loaded"],
)
def test_what_is_loaded_stays_as_it_is(before: str, told: str) -> None:
    code = f"""
import sys
{before}
from scanner.cloud.late_module import put_off
put_off("requests")
import requests
print("urllib3" in sys.modules)
"""

    assert _said(code) == [told]


def test_a_library_that_is_not_there_is_missed_by_its_import() -> None:
    code = """
from scanner.cloud.late_module import put_off
put_off("no_such_library")
try:
    import no_such_library
except ModuleNotFoundError as error:
    print(error.name)
"""

    assert _said(code) == ["no_such_library"]
