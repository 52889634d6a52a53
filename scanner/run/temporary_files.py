"""The place for temporary files, which a full disk or a machine that only reads does not have."""

import tempfile
from pathlib import Path
from typing import Final

from scanner.errors import UsageError

_HINT: Final = "Make room there, or set TMPDIR to a folder that can be written to."


def temporary_place() -> Path:
    """The folder that temporary files are made in.

    Raises: UsageError if there is none.
    """
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UsageError(f"There is no place for temporary files: {error.strerror}.", _HINT) from None


def no_temporary_file(place: Path, error: OSError) -> UsageError:
    """The sentence about a file or folder that could not be made there."""
    return UsageError(f"{place} cannot be written: {(error.strerror or 'failed').lower()}.", _HINT)
