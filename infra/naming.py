"""One convention for the names that AWS shows, and for tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PROJECT: Final = "ocpi"
MAX_NAME: Final = 64  # characters: IAM roles and Lambda functions allow no more


def physical_name(environment: str, *parts: str) -> str:
    """`ocpi-test-service`: for resources found by name. Raises ValueError when AWS would refuse its length."""
    name = "-".join((PROJECT, environment, *parts))
    if len(name) > MAX_NAME:
        raise ValueError(f"the name {name} has {len(name)} characters, AWS allows {MAX_NAME}: shorten the partner's id")
    return name


def log_group_name(environment: str, purpose: str) -> str:
    """`/ocpi/test/vpc-flow`."""
    return f"/{PROJECT}/{environment}/{purpose}"


def common_tags(environment: str) -> Mapping[str, str]:
    """Tags that every resource carries."""
    return {"project": "ocpi-posture", "environment": environment, "managed-by": "pulumi"}
