"""The HTTP requests of a run, read from its folder: the journal knows all of them, the evidence some of them whole."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from reports.model.recorded import RecordedRequest
from scanner.errors import RunFolderError
from scanner.evidence_store import FOLDER
from scanner.gate.journal import FILE_NAME, JournalBroken, read_journal
from scanner.gate.redaction import Redactor
from scanner.model.json_value import JsonValue

_Numbered = dict[int, dict[str, Any]]


def recorded(folder: Path, redactor: Redactor) -> Iterator[RecordedRequest]:
    """Every HTTP request of the run, in the order of its journal; what was stored is masked once more.

    Raises: RunFolderError if the journal is missing or damaged.
    """
    intents, outcomes = _journalled(folder)
    exchanges = _stored(folder)
    for number, intent in intents.items():
        yield _request(intent, outcomes.get(number, {}), exchanges.get(number), redactor)


def _journalled(folder: Path) -> tuple[_Numbered, _Numbered]:
    intents: _Numbered = {}
    outcomes: _Numbered = {}
    try:
        for entry in read_journal(folder / FILE_NAME):
            if entry["kind"] == "intent" and "url" in entry:
                intents[entry["number"]] = entry
            elif entry["kind"] == "outcome":
                outcomes[entry["number"]] = entry
    except OSError:
        raise RunFolderError(f"{folder} has no journal, so its requests are not known.") from None
    except (JournalBroken, KeyError) as broken:
        raise RunFolderError(f"The journal is damaged: {broken}.") from None
    return intents, outcomes


def _stored(folder: Path) -> dict[int, Mapping[str, Any]]:
    """The exchanges among the evidence by number; what cannot be read is left out, and its request says so."""
    found: dict[int, Mapping[str, Any]] = {}
    for file in sorted((folder / FOLDER).glob("*/*.json")):
        try:
            content = file.read_bytes()
            if b'"response"' in content:
                found.update((exchange["number"], exchange) for exchange in _exchanges(msgspec.json.decode(content)))
        except (OSError, msgspec.DecodeError):
            continue
    return found


def _exchanges(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        if "request" in value and "response" in value and isinstance(value.get("number"), int):
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _exchanges(inner)


def _request(
    intent: Mapping[str, Any], outcome: Mapping[str, Any], exchange: Mapping[str, Any] | None, redactor: Redactor
) -> RecordedRequest:
    status = outcome.get("status", "")
    stored: JsonValue = redactor.evidence(dict(exchange)) if exchange else None
    return RecordedRequest(
        number=intent["number"],
        at=datetime.fromisoformat(intent["at"]),
        environment=intent["environment"],
        probe=intent["probe"],
        identity=intent["identity"],
        purpose=redactor.shown(intent["purpose"]),
        method=intent["method"],
        url=redactor.shown(intent["url"]),
        status=status if isinstance(status, int) else None,
        failure="" if isinstance(status, int) else redactor.shown(str(status)),
        elapsed_ms=outcome.get("ms"),
        exchange=stored if isinstance(stored, Mapping) else None,
    )
