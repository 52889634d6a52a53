"""`ocpi-posture evidence verify`: is a pack whole, and who vouches for it? Offline."""

import json
from contextlib import ExitStack
from pathlib import Path

import rich_click as click
from cryptography.x509 import Certificate, load_pem_x509_certificates

from reports.pack.keys import UnusableKey, public_keys
from reports.pack.verify import Examined, Given, Keys
from scanner.cli.evidence_pack import opened
from scanner.cli.evidence_told import as_document, as_text
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import output_format, talking
from scanner.cli.output import emit, emit_safe
from scanner.errors import UsageError

_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("pack", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--key", "keys", type=_EXISTING, multiple=True, help="A public key (PEM) that must have signed; repeatable."
)
@click.option(
    "--previous", type=_EXISTING, multiple=True, help="A pack before it, to follow the chain back; repeatable."
)
@click.option(
    "--tsa-ca",
    "authorities",
    type=_EXISTING,
    multiple=True,
    help="Root certificates (PEM) of the authority that must have stamped it; repeatable.",
)
@output_format
@talking
def verify(
    pack: Path, keys: tuple[Path, ...], previous: tuple[Path, ...], authorities: tuple[Path, ...], format_: str
) -> int:
    """Hold a pack against its statement, its signatures, its time stamps and the packs before it. Nothing is sent.

    Exit codes: 0 whole, and signed by every --key; 1 something does not hold, by name; 2 no pack, or no key;
    3 whole, but nobody was shown to have signed it.

    Example: ocpi-posture evidence verify pack.zip --key posture.pub
    """
    roots = tuple(root for path in authorities for root in _roots(path))
    with ExitStack() as stack:
        streams = [stack.enter_context(path.open("rb", buffering=0)) for path in previous]
        examined = opened(pack, Given(keys=_keys(keys), previous=streams, roots=roots))
    if format_ == "json":
        emit(json.dumps(as_document(examined), indent=1))
    else:
        emit_safe(as_text(pack, examined))
    return _code(examined)


def _code(examined: Examined) -> ExitCode:
    if examined.problems:
        return ExitCode.FAILED
    return ExitCode.CLEAN if examined.signed else ExitCode.INCONCLUSIVE


def _keys(paths: tuple[Path, ...]) -> Keys:
    try:
        return {str(path): public_keys(path.read_bytes()) for path in paths}
    except UnusableKey as error:
        raise UsageError(f"--key: {error}.") from None
    except OSError as error:
        raise UsageError(f"--key: {error.filename}: {(error.strerror or 'failed').lower()}.") from None


def _roots(path: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except (ValueError, OSError):
        raise UsageError(f"--tsa-ca: {path} holds no certificate in PEM.") from None
