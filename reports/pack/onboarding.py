"""A partner's onboarding record: an in-toto Statement in a DSSE envelope, as an evidence pack has one.

It says what was shown of the partner, by which run and documents, and who decided. The files it rests on are its
subjects, by SHA-256.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError
from securesystemslib.signer import Signer, SSlibKey

from reports.pack.envelope import envelope_bytes, read_envelope, sealed, signer_among
from reports.pack.statement import STATEMENT_TYPE, SubjectFile
from reports.text import one_line
from reports.wire.base import Sha256, ToolDocument, Wire

PREDICATE_TYPE: Final = "urn:ocpi-posture:predicate:onboarding:1"


class Part(Wire):
    """One thing that has to be shown; `said` is what was seen, or what is missing."""

    name: Literal["ownership", "credentials", "test run", "contact", "requirements"]
    held: bool
    said: str


class Decision(Wire):
    """Who decided what; `until` is the last day on which an admission holds."""

    outcome: Literal["admit", "refuse"]
    by: str
    function: str
    at: datetime
    until: date


class OnboardingRecord(Wire):
    """Everything about one partner in one environment."""

    partner: str
    party: str
    environment: str
    run: str
    posture_sha256: Sha256
    parts: Annotated[tuple[Part, ...], Field(min_length=5, max_length=5)]
    contact: str
    decision: Decision
    made_by: ToolDocument

    @property
    def missing(self) -> tuple[Part, ...]:
        """What was not shown."""
        return tuple(part for part in self.parts if not part.held)


class OnboardingStatement(Wire):
    """The statement that is signed."""

    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: tuple[SubjectFile, ...]
    predicateType: Literal["urn:ocpi-posture:predicate:onboarding:1"]  # noqa: N815 - in-toto's own name
    predicate: OnboardingRecord


class Incomplete(ValueError):
    """An admission with something missing is not signed; `missing` says what."""

    def __init__(self, missing: Sequence[Part]) -> None:
        super().__init__("; ".join(f"{part.name}: {part.said}" for part in missing))
        self.missing = tuple(missing)


def signed_record(record: OnboardingRecord, files: Sequence[tuple[str, str]], signers: Sequence[Signer]) -> bytes:
    """The envelope's bytes. `files`: names and SHA-256 (hex) of what the record rests on.

    Raises: Incomplete for an admission with something missing; ValueError without a signer; whatever a signer raises.
    """
    if record.decision.outcome == "admit" and record.missing:
        raise Incomplete(record.missing)
    if not signers:
        raise ValueError("a record that nobody signs proves nothing")
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(files)],
        "predicateType": PREDICATE_TYPE,
        "predicate": record.model_dump(mode="json"),
    }
    return envelope_bytes(sealed(json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), signers))


def read_record(content: bytes, ways: Sequence[SSlibKey]) -> tuple[OnboardingStatement, str | None]:
    """The statement, and the id of the key under which it was truly signed; None where that key did not sign.

    Raises: ValueError, saying what is wrong with it.
    """
    envelope = read_envelope(content)
    try:
        statement = OnboardingStatement.model_validate_json(envelope.payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{one_line('.'.join(map(str, first['loc'])), 160)}: {first['msg']}") from None
    return statement, signer_among(envelope, ways)
