"""Where credentials may stand in clear, without the credentials: what a detector pointed at."""

from typing import Final

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedSecret:
    """A place whose text has the form of a secret.

    `kind`: the detector's own word for it (`AWS Access Key`). Either `file` and `line` (relative to the project), or
    `urn` and `path` of a property.
    """

    kind: str
    file: str = ""
    line: int = 0
    urn: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedSecrets:
    """What a detector said of a stack: its values, and its files (that declare or configure it, or are its code).

    `files`: those that were read; a member of a zip file stands behind the file's name. `values`: how many texts of
    resources were looked at. `found`: sorted. `missing`: why the stack may hold more, as in `DeclaredResources`.
    `unread`: one sentence for each reason why code that is handed over was not looked at. `skipped`: the same for what
    nobody wrote for this stack: installed packages, and files that are no text.
    """

    stack: str
    files: tuple[str, ...]
    values: int
    found: tuple[SuspectedSecret, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


CLOUD_SECRET_FACTS: Final[tuple[type, ...]] = (SuspectedSecrets,)
