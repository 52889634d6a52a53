"""What every test stands on: none of the developer's accounts and proxies, and properties that repeat exactly."""

import ctypes
import functools
import gc
import os
import shutil
import tempfile
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

from tests.targets.once import FOLDER

LEAKING = ("AWS_", "OCPI_", "PULUMI_", "CKV_", "BC_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FORCE_COLOR")
KEPT = "OCPI_SPECIFICATION_GIT"  # a checkout to read the specification from, for the tests that need one

for name in [name for name in os.environ if name.upper().startswith(LEAKING) and name != KEPT]:
    del os.environ[name]
os.environ |= {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # thousands of images for each account and region, and nobody starts one
    "NO_COLOR": "1",
}

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; where there is another, its memory stays as it is

# Each account of moto is a session of its own, which would read the same models of the services anew.
_sessions: Any = botocore.session
_sessions.create_loader = functools.cache(_sessions.create_loader)

# No rule of it looks at a clock: a machine that stands still for a second says nothing about what is drawn.
settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """The one that starts the workers makes the folder that they share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="posture-tests-")


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Hardly anything of what is loaded is garbage, and looking for it takes a sixth of the time that loading takes."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded stays: looking through it for garbage again and again takes a tenth of the whole time."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Give back what the tests of a file needed: one document of sslyze leaves 200 MiB of free pages behind."""
    if _TRIM is not None and (nextitem is None or nextitem.path != item.path):
        _TRIM(0)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever made the folder removes it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
