import pytest

from tests.targets.reference_service import prepared_folder


@pytest.fixture(scope="session")
def service_ca() -> bytes:
    """PEM of a CA that really signs something."""
    return prepared_folder().ca.read_bytes()
