"""Who signs: the options, and from them to signers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click
import structlog
from securesystemslib.signer import Signer

from reports.pack.keys import UnusableKey, file_signer, is_service, new_key, service_schemes, service_signer
from scanner.cli.run_folder import cannot_write
from scanner.config.secret_reference import FORMS, NotAReference, SecretReference
from scanner.config.secrets import SecretResolver
from scanner.errors import UsageError
from scanner.model.late_dataclass import dataclass

log = structlog.get_logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """What the options said: `key` a path or the URI of a key service; `passphrase` a secret reference."""

    key: str | None
    new_key: Path | None
    public_key: Path | None
    passphrase: str | None


def signing(function: F) -> F:
    """`--key`, `--new-key`, `--public-key`, `--passphrase`."""
    for option in (_PASSPHRASE, _PUBLIC_KEY, _NEW_KEY, _KEY):
        function = option(function)
    return function


_KEY = click.option(
    "--key",
    metavar="PATH|URI",
    help="Sign with this private key: a PEM file, or a key service such as awskms:alias/NAME.",
)
_NEW_KEY = click.option(
    "--new-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make an Ed25519 key in this file (and its public half beside it, .pub), and sign with it.",
)
_PUBLIC_KEY = click.option(
    "--public-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The public key of a key service, where it does not tell it itself.",
)
_PASSPHRASE = click.option("--passphrase", metavar="REFERENCE", help=f"Where the passphrase of --key is kept: {FORMS}.")


def signers_of(asked: SigningKey) -> list[Signer]:
    """One signer, or none where no key was named; a new key is written before it signs.

    Raises: UsageError.
    """
    if asked.key and asked.new_key:
        raise UsageError("--key and --new-key: one of them signs.")
    if asked.new_key:
        return [file_signer(_made(asked.new_key), lambda: None)]
    if asked.key is None:
        return []
    try:
        return [_signer(asked.key, asked)]
    except UnusableKey as error:
        raise UsageError(f"{asked.key} cannot sign: {error}.") from None


@contextmanager
def refusals_said(key: str | None) -> Iterator[None]:
    """What a key service says instead of signing, as a sentence; its clients raise whatever they like."""
    try:
        yield
    except Exception as error:
        if key is None or not is_service(key):
            raise
        raise UsageError(f"{key} did not sign: {type(error).__name__}: {str(error)[:300]}") from None


def _signer(key: str, asked: SigningKey) -> Signer:
    if is_service(key):
        with refusals_said(key):
            return service_signer(key, _read(asked.public_key) if asked.public_key else None)
    if ":" in key and not Path(key).exists():
        known = ", ".join(service_schemes())
        raise UsageError(f"{key} is no file, and no key service that is known here.", f"Known are: {known}.")
    if not Path(key).exists():
        raise UsageError(f"There is no key {key}.", f"--new-key {key} makes one, and signs with it.")
    return file_signer(_read(Path(key)), lambda: _passphrase(asked.passphrase))


def _passphrase(reference: str | None) -> bytes | None:
    if reference is None:
        return None
    try:
        parsed = SecretReference.parse(reference)
    except NotAReference as error:
        raise UsageError(f"--passphrase: {error}.") from None
    return SecretResolver(base=Path.cwd(), variables=os.environ).resolve(parsed).reveal().encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {(error.strerror or 'failed').lower()}.") from None


def _write_new(file: Path, content: bytes, mode: int) -> None:
    """Whole or not at all: what is there is never overwritten, so a part would be in the way for good."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except OSError:
        file.unlink()
        raise


def _made(path: Path) -> bytes:
    """A new key in a file that only its owner can read; one that is there is never overwritten."""
    public_path = path.with_name(f"{path.name}.pub")
    private, public = new_key()
    try:
        _write_new(path, private, 0o600)
        try:
            _write_new(public_path, public, 0o644)
        except OSError:
            path.unlink()  # half a pair would sign what the public key that is there does not verify
            raise
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already, and no key is overwritten.", "Use --key.") from None
    except OSError as error:
        raise cannot_write(path, error) from None
    log.info("made a key", private=str(path), public=str(public_path), keep="the private one to yourself")
    return private
