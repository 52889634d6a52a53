"""What a pack states: an in-toto Statement (v1) about every file in it, with a predicate of our own.

The types are what the reader accepts and what the published schema is generated from. The same run gives the same
bytes: there is no time of packing in it. When it was made is said by the run, and proven by a time stamp.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reports.pack.problem import NoPack
from reports.text import one_line
from reports.wire.base import Count, Sha256, ToolDocument, Wire

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:ocpi-posture:predicate:evidence-pack:1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_PREDICATES: Final = "urn:ocpi-posture:predicate:evidence-pack:"


class PackedRun(Wire):
    """The run whose files are in the pack, as its posture.json has it."""

    id: str
    started_at: datetime
    finished_at: datetime
    environments: tuple[str, ...]
    mode: str
    profile: str
    config_sha256: Sha256


class PackedTool(Wire):
    """A tool that the run used; `sha256` null: what it was made of was not recorded."""

    name: str
    version: str
    sha256: Sha256 | None


class PreviousPack(Wire):
    """The pack of the run before, by the SHA-256 of its statement, which later signatures leave as it is."""

    run: str
    statement_sha256: Sha256


class Predicate(Wire):
    """What is said about the files."""

    run: PackedRun
    made_by: ToolDocument
    """The program that made the run."""
    packed_by: ToolDocument
    """The program that made the pack."""
    tools: tuple[PackedTool, ...]
    catalogue_sha256: Sha256 | None
    """What the checklist and its mappings were made of; null: not recorded."""
    configuration: str | None
    """The file that holds the configuration, with references in place of secrets."""
    redacted: dict[str, Count]
    """How many values were masked before anything was stored, by kind."""
    previous: PreviousPack | None
    """The link to the pack before; null: this one begins the chain."""


class Digest(Wire):
    """The hash of a file."""

    sha256: Sha256


class SubjectFile(Wire):
    """A file of the pack."""

    name: str
    digest: Digest


class Statement(BaseModel):
    """An in-toto Statement about the files of an evidence pack."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: tuple[SubjectFile, ...]
    predicateType: Literal["urn:ocpi-posture:predicate:evidence-pack:1"]  # noqa: N815 - in-toto's own name
    predicate: Predicate


def statement_bytes(files: Iterable[tuple[str, str]], predicate: Predicate) -> bytes:
    """The statement as it is signed: JSON in ASCII, keys sorted, no spaces. `files`: names and SHA-256 (hex)."""
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(files)],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate.model_dump(mode="json"),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def read_statement(payload: bytes) -> Statement:
    """The statement in an envelope.

    Raises: ValueError, saying what is wrong with it; NoPack where it is of a version that is not known here.
    """
    try:
        document: Any = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from None
    _refuse_other_version(document)
    try:
        return Statement.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = one_line(".".join(map(str, first["loc"])), 160)
        raise ValueError(f"{place}: {first['msg']}") from None


def _refuse_other_version(document: object) -> None:
    kind = document.get("predicateType") if isinstance(document, Mapping) else None
    if isinstance(kind, str) and kind.startswith(_PREDICATES) and kind != PREDICATE_TYPE:
        raise NoPack(
            f"its statement is of version {one_line(kind.removeprefix(_PREDICATES), 40)!r}; this ocpi-posture reads "
            "version '1'. Verify it with the ocpi-posture that made it, or a newer one"
        )
