"""The evidence pack at the end of a demo, signed by a key that nobody keeps."""

from pathlib import Path
from typing import Final

from reports.pack.keys import file_signer, new_key, public_keys
from reports.pack.verify import Given
from scanner.cli.evidence_pack import opened, write_pack
from scanner.cli.run_folder import write_whole
from scanner.errors import PostureError

PACK: Final = "pack.zip"
PUBLIC: Final = "pack.pub"


def demo_pack(folder: Path) -> str:
    """Pack the run, verify the pack, and say what it is worth.

    The private key is never written: whoever finds the demo later can sign nothing with it.

    Raises: UsageError if the run cannot be packed; PostureError if the pack does not verify, which is our bug.
    """
    private, public = new_key()
    write_pack(folder, folder / PACK, [file_signer(private, lambda: None)])
    write_whole(folder / PUBLIC, public)
    examined = opened(folder / PACK, Given(keys={PUBLIC: public_keys(public)}))
    if examined.problems:
        raise PostureError(f"The pack in {folder} does not verify: {examined.problems[0].message}.")
    return (
        f"Evidence pack\n  {folder / PACK}\n"
        "  signed by a key made for this demo and thrown away: it shows that nothing changed, not who made it\n"
        f"  ocpi-posture evidence verify {folder / PACK} --key {folder / PUBLIC}"
    )
