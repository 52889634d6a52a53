"""What moto does not do with the labels of Secrets Manager."""

from __future__ import annotations

from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends


def follow_labels(secrets: Any, name: str) -> None:
    """To be called before a value is put: moto forgets that AWSCURRENT was moved, and leaves it on two versions."""
    stages = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    current = next(version for version, labels in stages.items() if "AWSCURRENT" in labels)
    kept = secretsmanager_backends[DEFAULT_ACCOUNT_ID][secrets.meta.region_name].secrets[name]
    assert isinstance(kept, FakeSecret)
    kept.set_default_version_id(current)
