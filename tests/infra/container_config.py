"""An environment whose service is a container of the user's own: the test example, with what that takes."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.recorded_program import example

DIGEST: Final = "sha256:" + "3c" * 32
HOST: Final = "service.ocpi-test.example.com"
CONTAINER: Final = {
    "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/roaming/platform@{DIGEST}",
    "hostName": HOST,
    "certificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0f0e0d0c-1111-2222-3333-444455556666",
}

CONTAINER_CONFIG: Final = {"service": "container", "container": CONTAINER}


def with_container(**other: Any) -> dict[str, Any]:
    """The config; `other` are further words of `container`."""
    return {**example("test"), **CONTAINER_CONFIG, "container": {**CONTAINER, **other}}


def calling_config() -> dict[str, Any]:
    """What is added for a container that calls partners by itself: the filter, and whom it lets through."""
    partners = example("test")["partners"]
    called = {
        name: {**block, "versions_url": f"https://{name}.example.net/versions"} for name, block in partners.items()
    }
    container = {**CONTAINER, "wayOut": "partners"}
    return {
        "service": "container",
        "container": container,
        "egress": "filtered",
        "egressReason": "",
        "partners": called,
    }


def with_calling_container(**other: Any) -> dict[str, Any]:
    """The config of one that calls partners; `other` are further words of `container`."""
    config = {**example("test"), **calling_config()}
    return {**config, "container": {**config["container"], **other}}
