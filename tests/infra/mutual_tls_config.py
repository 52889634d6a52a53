"""An environment that wants client certificates of its partners: the test example, with what that takes."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.recorded_program import example

STORE: Final = {"trustStore": "s3://example-trust-store/partners.pem", "version": "v1"}
ISSUER: Final = "CN=Partner CA"


def subject_of(partner: str) -> str:
    """The name in its certificates."""
    return f"CN=ocpi.{partner}.example"


def with_mutual_tls() -> dict[str, Any]:
    """The config."""
    config = example("test")
    partners = {
        name: {**block, "certificate": {"subject": subject_of(name), "issuer": ISSUER}}
        for name, block in config["partners"].items()
    }
    return {**config, "partners": partners, "mutualTls": STORE}
