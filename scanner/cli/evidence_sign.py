"""`ocpi-posture evidence sign`: one more signature, or a time stamp, on a pack that is there."""

from pathlib import Path

import rich_click as click
from securesystemslib.signer import Signer

from reports.pack.envelope import sign as add_signature
from reports.pack.names import stamped_key
from reports.pack.pack import close_pack, copy_files
from reports.pack.verify import Examined, Given
from scanner.cli.evidence_keys import SigningKey, refusals_said, signers_of, signing
from scanner.cli.evidence_pack import opened, whole_file, written
from scanner.cli.evidence_stamps import stamps_for, time_stamped
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.errors import UsageError


@click.command()
@click.argument("pack", type=click.Path(path_type=Path, dir_okay=False))
@signing
@time_stamped
@talking
def sign(
    pack: Path, key: str | None, new_key: Path | None, public_key: Path | None, passphrase: str | None, tsa: str | None
) -> int:
    """Add a signature to a pack; those that are there stay. With --tsa alone, stamp the signatures that have no stamp.

    Exit code 3: signed as asked, but no authority has stamped it, which --tsa asked for.

    Example: ocpi-posture evidence sign pack.zip --new-key posture.pem
    """
    asked = SigningKey(key=key, new_key=new_key, public_key=public_key, passphrase=passphrase)
    if not (key or new_key or tsa):
        raise UsageError("Name who signs with --key or --new-key, or who stamps with --tsa.")
    examined = opened(pack, Given())
    if examined.problems or examined.envelope is None:
        problem = examined.problems[0]
        raise UsageError(f"{pack} is not whole, so it is not signed: {problem.file} {problem.message}.")
    return _signed(pack, examined, signers_of(asked), key, tsa)


def _signed(pack: Path, examined: Examined, signers: list[Signer], key: str | None, tsa: str | None) -> int:
    envelope = examined.envelope
    if envelope is None or not (signers or envelope.signatures):
        raise UsageError(f"{pack} has no signature that could be stamped.", "Sign it with --key or --new-key.")
    stamps = {key_id: stamp for name, stamp in examined.contents.own.items() if (key_id := stamped_key(name))}
    for signer in signers:
        with refusals_said(key):
            stamps.pop(add_signature(envelope, signer), None)  # a stamp on the signature that this one replaces
    new = stamps_for(envelope, tsa, already=stamps)
    with pack.open("rb") as source, whole_file(pack) as target:
        close_pack(copy_files(source, examined.contents, target), envelope, {**stamps, **new})
    emit(written(pack, envelope))
    return (
        ExitCode.CLEAN if not tsa or stamps.keys() | new.keys() == envelope.signatures.keys() else ExitCode.INCONCLUSIVE
    )
