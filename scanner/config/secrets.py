"""The one resolver of secret references. What it finds goes to the gate and the redactor, and nowhere else."""

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final, Protocol

from scanner.config.configuration import IdentityKey
from scanner.config.secret_file import MAX_SECRET_BYTES, read_secret_file
from scanner.config.secret_reference import SecretReference
from scanner.errors import SecretError
from scanner.gate.known_secrets import SHORTEST
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret

# What a sink writes to AWS that is no token. The first version of a secret is the present one, whatever its label.
PROOF_OF_SINK: Final = "written by ocpi-posture to prove that a new token could be kept here"
NOTHING_KEPT: Final = "written by ocpi-posture: nothing is kept under this label"
NO_SUCH_SECRET: Final = "ResourceNotFoundException"
NO_TOKENS: Final = frozenset({PROOF_OF_SINK, NOTHING_KEPT})


class SecretNotThere(SecretError):
    """Nothing was ever kept under the reference."""


class SecretsManager(Protocol):
    """The one call that is needed of the AWS client."""

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - AWS's own name
        """The answer of `GetSecretValue`: `SecretString` or `SecretBinary`."""
        ...


def aws_secrets_manager(region: str) -> SecretsManager:
    """A client with the caller's own AWS credentials, which gives up within seconds.

    Raises: botocore.exceptions.BotoCoreError.
    """
    import boto3  # noqa: PLC0415 - costs 0.3 s, and most runs need none of it
    from botocore.config import Config  # noqa: PLC0415 - as boto3

    patience = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2})
    client: SecretsManager = boto3.session.Session().client("secretsmanager", region_name=region, config=patience)
    return client


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretResolver:
    """Looks up references. `base` is where relative paths start; `variables` is the environment of the process."""

    base: Path
    variables: Mapping[str, str] = field(repr=False)
    secrets_manager: Callable[[str], SecretsManager] = aws_secrets_manager

    def resolve(self, reference: SecretReference) -> Secret:
        """The secret behind one reference, without the line break that editors add.

        Raises: SecretError, in one sentence that names the place and never the content.
        """
        match reference.scheme:
            case "env":
                text = self._from_environment(reference)
            case "file":
                text = self._from_file(reference)
            case _:
                text = self._from_aws(reference)
        return _secret(reference, text)

    def resolve_all(self, references: Mapping[IdentityKey, SecretReference]) -> dict[IdentityKey, Secret]:
        """The secrets of all identities.

        Raises: SecretError that names every reference which leads nowhere.
        """
        found: dict[IdentityKey, Secret] = {}
        missing: list[str] = []
        for (environment, identity), reference in references.items():
            try:
                found[(environment, identity)] = self.resolve(reference)
            except SecretError as error:
                missing.append(f"environments.{environment}.identities.{identity}.token: {error.diagnostics()}")
        if missing:
            raise SecretError("\n".join(missing))
        return found

    def find(self, reference: SecretReference) -> Secret | None:
        """The secret behind a reference that may lead nowhere yet: None where nothing was ever kept there.

        Raises: SecretError where something is there, and cannot be read or used.
        """
        if reference.scheme == "file" and _is_nowhere(self.base / Path(reference.name).expanduser()):
            return None
        try:
            return self.resolve(reference)
        except SecretNotThere:
            return None

    def _from_environment(self, reference: SecretReference) -> str:
        text = self.variables.get(reference.name)
        if text is None:
            hint = f"Set it before the scan, for instance with: read -rs {reference.name} && export {reference.name}"
            raise SecretError(f"The environment variable {reference.name} is not set.", hint)
        return text

    def _from_file(self, reference: SecretReference) -> str:
        path = self.base / Path(reference.name).expanduser()
        try:
            raw = read_secret_file(path)
        except OSError as error:
            reason = (error.strerror or "not readable").lower()
            raise SecretError(f"The secret file {path} cannot be read: {reason}.") from None
        if len(raw) > MAX_SECRET_BYTES:
            raise SecretError(f"The secret file {path} is larger than 64 KiB: is it the right one?")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise SecretError(f"The secret file {path} is not UTF-8 text.") from None

    def _from_aws(self, reference: SecretReference) -> str:
        try:
            answer = self.secrets_manager(reference.region or "").get_secret_value(SecretId=reference.name)
        except Exception as error:
            if not type(error).__module__.startswith("botocore"):
                raise
            kind = SecretNotThere if aws_code(error) == NO_SUCH_SECRET else SecretError
            raise kind(*_aws_sentence(reference, error)) from None
        text = answer.get("SecretString")
        if not isinstance(text, str):
            raise SecretError(f"The secret {reference.name} is binary; a credentials token is text.")
        if text in NO_TOKENS:
            raise SecretNotThere(f"The secret {reference.name} holds no token yet.", "Put the credentials token there.")
        return text if reference.key is None else _member(reference, text)


def _is_nowhere(path: Path) -> bool:
    """True only where that is known: behind a folder that lets nobody look may be a newer token than the first one."""
    try:
        return not path.exists()
    except OSError:
        return False


def _aws_sentence(reference: SecretReference, error: Exception) -> tuple[str, str]:
    code = aws_code(error)
    hint = "Check the AWS credentials and the network of this machine."
    if "AccessDenied" in code:
        hint = "Allow secretsmanager:GetSecretValue on it, and kms:Decrypt if it has a key of its own."
    elif code == NO_SUCH_SECRET:
        hint = "Check account, region and name in the ARN."
    return f"AWS did not give the secret {reference.name}: {code}.", hint


def aws_code(error: Exception) -> str:
    """The code of an answer of AWS, or what kept one from coming: an error of the connection has none."""
    answer: Mapping[str, Any] = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", type(error).__name__))


def _member(reference: SecretReference, text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        raise SecretError(f"The secret {reference.name} is not JSON, so it has no key {reference.key!r}.") from None
    value = document.get(reference.key) if isinstance(document, dict) else None
    if not isinstance(value, str):
        raise SecretNotThere(f"The secret {reference.name} has no text under the key {reference.key!r}.")
    return value


def _secret(reference: SecretReference, text: str) -> Secret:
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise SecretError(f"The secret behind {reference} is empty.")
    if len(text) < SHORTEST:
        hint = "It could not be kept out of the report: so short a text occurs by chance."
        raise SecretError(f"The secret behind {reference} is shorter than {SHORTEST} characters.", hint)
    if not text.isprintable():
        hint = "A credentials token is printable text in one line (OCPI 2.2.1 credentials object)."
        raise SecretError(f"The secret behind {reference} holds a line break or a control character.", hint)
    return Secret(text)
