from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.targets.reference_service import RunningService, running_service


@pytest.fixture(scope="session")
def service() -> Iterator[RunningService]:
    """The correct service, for tests that only read."""
    with running_service() as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[RunningService]:
    """The correct service with a storage of its own, for tests that write."""
    with running_service() as running:
        yield running
