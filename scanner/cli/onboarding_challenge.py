"""The text that a partner puts on its server, which shows that the server is its own."""

import secrets
from pathlib import Path

from scanner.cli.exit_code import ExitCode
from scanner.cli.onboarding_parts import WELL_KNOWN
from scanner.cli.output import emit
from scanner.cli.run_folder import cannot_write, write_whole
from scanner.config.configuration import Configuration


def make_challenge(partner: str, configuration: Configuration, folder: Path) -> int:
    """Make one, keep it in the folder, and say where the partner puts it.

    Raises: RunFolderError if it cannot be written.
    """
    text = f"ocpi-posture-{secrets.token_urlsafe(24)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{partner}.challenge", text.encode())
    except OSError as error:
        raise cannot_write(folder, error) from None
    (target,) = configuration.targets
    places = ", ".join(f"{str(endpoint.origin).removesuffix(':443')}{WELL_KNOWN}" for endpoint in target.endpoints)
    emit(f"{text}\nThe partner lets its server answer this text, alone, at {places}")
    return ExitCode.CLEAN


def kept_challenge(folder: Path, partner: str) -> str | None:
    """The one that was made last; None where there is none."""
    try:
        return (folder / f"{partner}.challenge").read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None
