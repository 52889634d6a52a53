"""Artefacts of a run on the disk: redacted on the way in, stored once by SHA-256, whole or not at all.

Only their owner can read them, also in a folder that somebody made for many.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Final

import msgspec

from scanner.gate.redaction import Redactor
from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.model.witness import Witness

FOLDER: Final = "evidence"


class EvidenceFolder:
    """The `evidence/` folder of a run; an `EvidenceStore`."""

    def __init__(self, run_folder: Path, redactor: Redactor) -> None:
        self._run_folder = run_folder
        self._redactor = redactor
        self._there: set[Path] = set()  # folders that need not be made again
        (run_folder / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)

    def store_document(self, title: str, witness: Witness, document: JsonValue) -> EvidenceRef:
        """Store a JSON document, keys in the order given.

        Raises: OSError if it cannot be written.
        """
        redacted = self._redactor.evidence({"title": title, "witness": witness, "artefact": document})
        return self._store(title, _readable(redacted), ".json")

    def store_text(self, title: str, witness: Witness, text: str) -> EvidenceRef:
        """Store text.

        Raises: OSError if it cannot be written.
        """
        shown = self._redactor.shown(f"# {title} ({witness})\n{text}")
        return self._store(title, shown.encode(errors="replace"), ".txt")

    def _store(self, title: str, content: bytes, suffix: str) -> EvidenceRef:
        digest = hashlib.sha256(content).hexdigest()
        path = f"{FOLDER}/{digest[0]}/{digest}{suffix}"  # hundreds of folders take a file system longer than files
        whole = self._run_folder / path
        if not whole.exists():
            if whole.parent not in self._there:
                whole.parent.mkdir(mode=0o700, exist_ok=True)
                self._there.add(whole.parent)
            part = whole.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                stream.write(content)
            part.replace(whole)  # a kill leaves the old state or the new one, never half a file
        return EvidenceRef(id=f"ev-{digest[:16]}", sha256=digest, path=path, title=self._redactor.shown(title))


def _readable(document: JsonValue) -> bytes:
    """Indented UTF-8, keys in the order given; ASCII where a target sent half a surrogate pair, which is no UTF-8."""
    try:
        return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(document, indent=1).encode() + b"\n"
