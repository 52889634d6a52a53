"""`ocpi-posture evidence pack`: a run in one file."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import rich_click as click
from securesystemslib.dsse import Envelope
from securesystemslib.signer import Signer

from reports.pack.chain import link_to
from reports.pack.envelope import sealed
from reports.pack.pack import add_files, close_pack
from reports.pack.problem import NoPack
from reports.pack.statement import PreviousPack, statement_bytes
from reports.pack.verify import Examined, Given, examine
from reports.pack.write import NotPackable, PackWriter
from scanner.cli.evidence_keys import SigningKey, refusals_said, signers_of, signing
from scanner.cli.evidence_stamps import stamps_for, time_stamped
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.cli.packable import files_of, predicate_of, refuse_altered
from scanner.cli.past_posture import load_posture
from scanner.cli.run_folder import behind_links, cannot_write, find_run, is_special
from scanner.errors import RunFolderError, UsageError


@click.command()
@click.argument("run", metavar="RUN|DIR")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. [default: pack.zip in the run's folder]",
)
@signing
@click.option(
    "--previous",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The pack of the run before in this environment; the new one is chained to it.",
)
@time_stamped
@talking
def pack(  # noqa: PLR0917 - click hands every option over as an argument
    run: str,
    output: Path | None,
    key: str | None,
    new_key: Path | None,
    public_key: Path | None,
    passphrase: str | None,
    previous: Path | None,
    tsa: str | None,
) -> int:
    """Put a finished run into one zip file: report, findings, evidence, configuration, and a signed statement of them.

    The same run and the same Ed25519 key give the same bytes; signatures of other kinds of key differ each time.
    Exit code 3: the pack is there, but no authority has stamped it, which --tsa asked for.

    Example: ocpi-posture evidence pack posture/20270131T090000Z-1f2e -o pack.zip --key posture.pem
    """
    asked = SigningKey(key=key, new_key=new_key, public_key=public_key, passphrase=passphrase)
    if tsa and not (key or new_key):
        raise UsageError("--tsa stamps a signature, and without --key there is none.")
    file = output or find_run(run) / "pack.zip"
    before = previous_pack(previous) if previous else None
    envelope, stamped = write_pack(find_run(run), file, signers_of(asked), key=key, previous=before, tsa=tsa)
    emit(written(file, envelope))
    return ExitCode.CLEAN if stamped or not tsa else ExitCode.INCONCLUSIVE


def write_pack(
    folder: Path,
    file: Path,
    signers: list[Signer],
    *,
    key: str | None = None,
    previous: Examined | None = None,
    tsa: str | None = None,
) -> tuple[Envelope, bool]:
    """Write the pack of a run, whole or not at all; gives its envelope, and whether each signature has a time stamp.

    Raises: UsageError.
    """
    posture = load_posture(str(folder))
    link = _link(previous, posture.run.environments) if previous else None
    with whole_file(file) as stream:
        try:
            writer = PackWriter(stream)
            add_files(writer, files_of(folder, posture))
            refuse_altered(writer.entries)
            stated = ((entry.name, entry.sha256) for entry in writer.entries)
            with refusals_said(key):
                envelope = sealed(statement_bytes(stated, predicate_of(folder, posture, link)), signers)
            stamps = stamps_for(envelope, tsa)
            close_pack(writer, envelope, stamps)
        except NotPackable as error:
            raise RunFolderError(f"The run in {folder} cannot be packed: {error}.") from None
    return envelope, stamps.keys() == envelope.signatures.keys()


def previous_pack(path: Path) -> Examined:
    """A pack that the next one is chained to; it has to be whole.

    Raises: UsageError.
    """
    examined = opened(path, Given())
    if examined.problems:
        raise UsageError(f"{path} is not whole, so nothing is chained to it: {examined.problems[0].message}.")
    return examined


def opened(path: Path, given: Given) -> Examined:
    """Examine a pack by its path.

    Raises: UsageError if it is none, or cannot be read.
    """
    try:
        with path.open("rb", buffering=0) as stream:
            return examine(stream, given)
    except NoPack as error:
        raise UsageError(f"{path} is no evidence pack: {error}.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {(error.strerror or 'failed').lower()}.") from None


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file when the block ends well, and vanishes when it does not.

    Raises: UsageError if the place cannot be written.
    """
    if is_special(file):
        raise UsageError(f"{file} is no place for a pack, which takes a file of its own.")
    place = behind_links(file)
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", delete=False) as stream:
            part = Path(stream.name)
            try:
                yield cast("BinaryIO", stream)
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                part.unlink()
                raise
        part.replace(place)
    except OSError as error:
        raise cannot_write(file, error) from None


def written(file: Path, envelope: Envelope) -> str:
    """What people are told about a pack that was written."""
    if not envelope.signatures:
        return f"{file}: not signed, so anybody could have made it; sign it with `ocpi-posture evidence sign`"
    return f"{file}: signed by key {', '.join(sorted(envelope.signatures))}"


def _link(previous: Examined, environments: tuple[str, ...]) -> PreviousPack | None:
    if previous.statement is None:
        return None
    known = previous.statement.predicate.run.environments
    if not set(known) & set(environments):
        raise UsageError(f"The previous pack is of {', '.join(known)}, and this run of {', '.join(environments)}.")
    return link_to(previous.payload, previous.statement)
