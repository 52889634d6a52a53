"""Evidence: the stored artefact behind what was seen."""

from dataclasses import dataclass
from typing import Protocol

from scanner.model.json_value import JsonValue
from scanner.model.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class EvidenceRef:
    """One artefact of a run: `id` within the run, SHA-256 (hex) of the stored bytes, path in the run folder."""

    id: str
    sha256: str
    path: str
    title: str = ""


class EvidenceStore(Protocol):
    """Where artefacts go; redacts what it is given before it is stored. Equal artefacts are stored once."""

    def store_document(self, title: str, witness: Witness, document: JsonValue) -> EvidenceRef:
        """Store a JSON document (`title` says in a few words what it is)."""
        ...

    def store_text(self, title: str, witness: Witness, text: str) -> EvidenceRef:
        """Store text as it was given by a tool."""
        ...
