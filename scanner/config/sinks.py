"""The configured sinks for new tokens, as places that can be written to."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from scanner.config.configuration import IdentityKey
from scanner.config.secret_reference import SecretReference
from scanner.config.secrets import (
    NO_SUCH_SECRET,
    NO_TOKENS,
    NOTHING_KEPT,
    PROOF_OF_SINK,
    aws_code,
    aws_secrets_manager,
)
from scanner.gate.sink import FileSink, NewToken, SinkFailed, TokenSink
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret

FOR_PARTNER: Final = "OCPI_POSTURE_FOR_PARTNER"
OFFERED: Final = "OCPI_POSTURE_OFFERED"
BEFORE: Final = "OCPI_POSTURE_BEFORE"
PROOF: Final = "OCPI_POSTURE_PROOF"
R = TypeVar("R")
_CURRENT: Final = "AWSCURRENT"
_BESIDE: Final = {NewToken.FOR_THE_PARTNER: FOR_PARTNER, NewToken.OFFERED: OFFERED, NewToken.BEFORE: BEFORE}


class WritableSecretsManager(Protocol):
    """The two calls that are needed of the AWS client."""

    def get_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803 - AWS's own name
        VersionStage: str = ...,  # noqa: N803 - AWS's own name
    ) -> Mapping[str, Any]:
        """The answer of `GetSecretValue`."""
        ...

    def put_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803 - AWS's own name
        SecretString: str,  # noqa: N803 - AWS's own name
        VersionStages: list[str],  # noqa: N803 - AWS's own name
    ) -> object:
        """Store a version under the staging labels, which it takes from the version that had them."""
        ...


def sinks_of(
    references: Mapping[IdentityKey, SecretReference],
    base: Path,
    client: Callable[[str], WritableSecretsManager] | None = None,
) -> dict[IdentityKey, TokenSink]:
    """One sink an identity; relative paths start at `base`. Nothing is opened or asked before a sink is used."""
    connect = client or _writable
    return {key: _sink(reference, base, connect) for key, reference in references.items()}


def _sink(reference: SecretReference, base: Path, connect: Callable[[str], WritableSecretsManager]) -> TokenSink:
    if reference.scheme == "file":
        return FileSink(base / Path(reference.name).expanduser())
    return SecretsManagerSink(reference=reference, connect=connect)


def _writable(region: str) -> WritableSecretsManager:
    client: Any = aws_secrets_manager(region)
    writable: WritableSecretsManager = client
    return writable


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsManagerSink:
    """A secret in AWS Secrets Manager, or one member of it where it is JSON.

    Needs secretsmanager:PutSecretValue, with a `#key` or where the platform starts registrations also GetSecretValue,
    and kms:GenerateDataKey and kms:Decrypt if it has a key of its own. The token for the partner is a version of its
    own under the staging label `FOR_PARTNER`, one that the partner offers under `OFFERED`, one that may have ended
    under `BEFORE`, the proof under `PROOF`: none takes the place of the present version.
    """

    reference: SecretReference
    connect: Callable[[str], WritableSecretsManager]

    @property
    def place(self) -> str:
        """The reference as it was configured."""
        return str(self.reference)

    def prove(self) -> None:
        """Store a version that is no token, under a label of its own; read the present one where it will be needed."""
        if self.reference.key is not None:
            self._members()
        self._put(PROOF_OF_SINK, PROOF)

    def write(self, which: NewToken, token: Secret) -> None:
        """A new version; where the secret is JSON, with its other members as they are."""
        if which in _BESIDE:
            self._put(token.reveal(), _BESIDE[which])
        elif self.reference.key is None:
            self._put(token.reveal(), _CURRENT)
        else:
            self._put(json.dumps({**self._members(), self.reference.key: token.reveal()}), _CURRENT)

    def where(self, which: NewToken) -> str:
        """See `TokenSink.where`."""
        return f"{self.place}, staging label {_BESIDE.get(which, _CURRENT)}"

    def read(self, which: NewToken) -> Secret | None:
        """See `TokenSink.read`: a version under a label, or the present one."""
        try:
            if which not in _BESIDE and self.reference.key is not None:
                text = self._members().get(self.reference.key)
            else:
                text = self._get(_BESIDE.get(which, _CURRENT)).get("SecretString")
        except _NothingYet:
            return None
        return Secret(text) if isinstance(text, str) and text and text not in NO_TOKENS else None

    def clear(self, which: NewToken) -> None:
        """A version that is no token takes the label: to take the label away would need a right of its own.

        Raises: KeyError for the present token, which is never cleared.
        """
        self._put(NOTHING_KEPT, _BESIDE[which])

    def _get(self, stage: str) -> Mapping[str, Any]:
        return self._called(lambda client: client.get_secret_value(SecretId=self.reference.name, VersionStage=stage))

    def _put(self, text: str, stage: str) -> None:
        self._called(
            lambda client: client.put_secret_value(
                SecretId=self.reference.name, SecretString=text, VersionStages=[stage]
            )
        )

    def _members(self) -> dict[str, Any]:
        try:
            answer = self._called(lambda client: client.get_secret_value(SecretId=self.reference.name))
        except _NothingYet:
            return {}
        text = answer.get("SecretString")
        members = {} if text in NO_TOKENS else _object(text)
        if members is None:
            raise SinkFailed(f"{self.place} is not a JSON object, so it can have no key {self.reference.key!r}")
        return members

    def _called(self, call: Callable[[WritableSecretsManager], R]) -> R:
        try:
            return call(self.connect(self.reference.region or ""))
        except Exception as error:
            if not type(error).__module__.startswith("botocore"):
                raise
            code = aws_code(error)
            kind = _NothingYet if code == NO_SUCH_SECRET else SinkFailed
            raise kind(f"AWS did not let {self.place} be used: {code}") from None


class _NothingYet(SinkFailed):
    """There is no such secret, or it has no value yet."""


def _object(text: object) -> dict[str, Any] | None:
    try:
        document = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
