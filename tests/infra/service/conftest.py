from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.infra.service.storages import STORAGES
from tests.targets.reference_service import RunningService

# These run on DynamoDB in every run: lists and pages, and objects that come, change and are refused.
ALWAYS_ON_DYNAMODB = {"test_isolation", "test_tariffs"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that takes `service` or `fresh` runs on each storage; on what is not memory, `make verify` does it."""
    if "storage" not in metafunc.fixturenames:
        return
    always = {"memory"}
    if metafunc.module.__name__.rpartition(".")[2] in ALWAYS_ON_DYNAMODB:
        always.add("dynamodb")
    storages = [pytest.param(name, marks=() if name in always else pytest.mark.slow) for name in STORAGES]
    metafunc.parametrize("storage", storages, scope="module", indirect=False)


@pytest.fixture(scope="module")
def service(storage: str) -> Iterator[RunningService]:
    """The correct service, for tests that only read."""
    with STORAGES[storage]() as running:
        yield running


@pytest.fixture
def fresh(storage: str) -> Iterator[RunningService]:
    """The correct service with a storage of its own, for tests that write."""
    with STORAGES[storage]() as running:
        yield running
