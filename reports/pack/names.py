"""Which names a file of a pack may have, and where the pack's own files stand.

A name is read on other systems than ours, and unpacked there: whatever could leave the folder, overwrite another file
or change how a terminal shows it is refused, in writing as in reading.
"""

import re
from typing import Final

from reports.pack.layout import MOST_NAME_BYTES

STATEMENT: Final = "pack/statement.dsse.json"
_STAMP: Final = re.compile(r"pack/time-stamps/([0-9a-f]{64})\.tsr")
_OWN: Final = "pack/"
_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+=@-]*")
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # of Windows, with any ending


def time_stamp_name(key_id: str) -> str:
    """Where the time stamp of a key's signature stands."""
    return f"pack/time-stamps/{key_id}.tsr"


def stamped_key(name: str) -> str | None:
    """The key whose signature the time stamp of this name is about; None if it is no time stamp."""
    match = _STAMP.fullmatch(name)
    return match[1] if match else None


def is_content(name: str) -> bool:
    """True for a file of the run, which the statement has to name; false for the pack's own."""
    return not name.startswith(_OWN)


def order(name: str) -> tuple[int, str]:
    """Where a file stands in the pack: those of the run by name, the statement, the time stamps by key."""
    if is_content(name):
        return 0, name
    return (1 if name == STATEMENT else 2), name


class Taken:
    """The names so far, as a file system sees them that does not tell capitals from small letters."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def clash(self, name: str) -> str | None:
        """Take a name; why it would lie on another one where it is unpacked, or None."""
        folded = name.lower()
        folders = {folded[:at] for at, character in enumerate(folded) if character == "/"}
        files_there, folders_there = folded in self._files or folders & self._files, folded in self._folders
        self._files.add(folded)
        self._folders |= folders
        if files_there:
            return "where capitals and small letters are the same it lies on another file"
        return "a folder is called so, too" if folders_there else None


def what_is_wrong(name: str) -> str | None:
    """Why a name is refused; None if it is fit."""
    if len(name.encode()) > MOST_NAME_BYTES:
        return "it is too long"
    if name.startswith("/"):
        return "it begins at the root"
    if ".." in name.split("/"):
        return "it leaves the folder"
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        return "it is not made of plain ASCII letters, digits and ._+=@-"
    if any(_DEVICE.fullmatch(part) or part.endswith(".") for part in name.split("/")):
        return "Windows reads it as another name"
    if not is_content(name) and name != STATEMENT and not stamped_key(name):
        return "a pack has no such file"
    return None
