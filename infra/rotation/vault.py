"""The secret's versions, by the labels of Secrets Manager."""

from __future__ import annotations

import uuid
from typing import Any, Final, Protocol

from infra.rotation.credentials import PartnerCredentials, RotationError

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
COMPLETED: Final = "OCPICOMPLETED"  # ours: the pending version together with the partner's answer


class Vault(Protocol):
    """One partner's secret during one rotation."""

    def check_started(self) -> None:
        """Raises RotationError unless Secrets Manager has started this rotation."""
        ...

    def current(self) -> PartnerCredentials:
        """The version in use."""
        ...

    def pending(self) -> PartnerCredentials | None:
        """The version in the making, None before the first step."""
        ...

    def is_completed(self) -> bool:
        """True when the pending version holds the partner's answer."""
        ...

    def prepare(self, credentials: PartnerCredentials) -> None:
        """Keep a pending version, before anything is sent."""
        ...

    def complete(self, credentials: PartnerCredentials) -> None:
        """Replace the pending version by the one with the partner's answer."""
        ...

    def finish(self) -> None:
        """Make the pending version the current one."""
        ...


class SecretVault:
    """In Secrets Manager. `request` is the ClientRequestToken of the rotation, and the id of its first version.

    A version cannot be changed once it is written, so the completed one has an id of its own, derived from `request`: a
    step that is tried again finds it instead of writing another. AWSPENDING stays where Secrets Manager put it until
    the end, when it must not be on another version than AWSCURRENT.
    """

    def __init__(self, client: Any, secret_id: str, request: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._secret = secret_id
        self._request = request
        self._completed = str(uuid.uuid5(uuid.NAMESPACE_URL, f"completed:{request}"))

    def check_started(self) -> None:
        """See `Vault.check_started`."""
        answer = self._client.describe_secret(SecretId=self._secret)
        if not answer.get("RotationEnabled"):
            raise RotationError("rotation is not enabled for this secret")
        if not {self._request, self._completed} & answer["VersionIdsToStages"].keys():
            raise RotationError("Secrets Manager did not start this rotation")

    def current(self) -> PartnerCredentials:
        """See `Vault.current`."""
        return self._read(VersionStage=CURRENT)

    def pending(self) -> PartnerCredentials | None:
        """See `Vault.pending`. Versions of another rotation do not count."""
        version = self._pending_version()
        if version is None:
            return None
        try:
            return self._read(VersionId=version)
        except self._client.exceptions.ResourceNotFoundException:
            return None  # Secrets Manager sets the label before there is a value

    def is_completed(self) -> bool:
        """See `Vault.is_completed`."""
        return self._labels().get(COMPLETED) == self._completed

    def prepare(self, credentials: PartnerCredentials) -> None:
        """See `Vault.prepare`."""
        self._write(self._request, credentials, PENDING)

    def complete(self, credentials: PartnerCredentials) -> None:
        """See `Vault.complete`."""
        self._write(self._completed, credentials, COMPLETED)

    def finish(self) -> None:
        """See `Vault.finish`. Done already when no version of this rotation is left to become current."""
        labels, version = self._labels(), self._pending_version()
        if version is None:
            return
        if labels[CURRENT] != version:
            self._move(CURRENT, MoveToVersionId=version, RemoveFromVersionId=labels[CURRENT])
        if labels.get(PENDING) not in (None, version):
            self._move(PENDING, RemoveFromVersionId=labels[PENDING])

    def _pending_version(self) -> str | None:
        labels = self._labels()
        if labels.get(COMPLETED) == self._completed:
            return self._completed
        return self._request if labels.get(PENDING) == self._request else None

    def _labels(self) -> dict[str, str]:
        stages = self._client.describe_secret(SecretId=self._secret)["VersionIdsToStages"]
        return {label: version for version, labels in stages.items() for label in labels}

    def _move(self, label: str, **versions: str) -> None:
        self._client.update_secret_version_stage(SecretId=self._secret, VersionStage=label, **versions)

    def _read(self, **which: str) -> PartnerCredentials:
        return PartnerCredentials.parse(self._client.get_secret_value(SecretId=self._secret, **which)["SecretString"])

    def _write(self, version: str, credentials: PartnerCredentials, label: str) -> None:
        self._client.put_secret_value(
            SecretId=self._secret,
            ClientRequestToken=version,
            SecretString=credentials.text(),
            VersionStages=[label],
        )
