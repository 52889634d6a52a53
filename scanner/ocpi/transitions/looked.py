"""What a look at an object gave: the object, the certainty that there is none, or neither."""

import json
from http import HTTPStatus
from typing import Final

from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.endless_json import is_endless
from scanner.ocpi.writing.reaction import Said, reaction

_NOT_THERE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`found`: the object; `known` False: the answer tells neither that it is there nor that it is not."""

    found: dict[str, JsonValue] | None
    known: bool
    exchange: Exchange | None = None


UNKNOWN: Final = Looked(found=None, known=False)


def looked(outcome: HttpOutcome) -> Looked:
    """Read the answer to the GET of one object."""
    if not isinstance(outcome, Exchange):
        return UNKNOWN
    said = reaction(outcome)
    if said.said is Said.ACCEPTED:
        return _read(outcome)
    # A platform may refuse with HTTP 200 and a status of the client's errors (status codes, 2xxx).
    gone = outcome.status in _NOT_THERE or (said.said is Said.REFUSED and outcome.status < HTTPStatus.MULTIPLE_CHOICES)
    return Looked(found=None, known=gone, exchange=outcome)


def _read(exchange: Exchange) -> Looked:
    if is_endless(exchange.body):
        return Looked(found=None, known=False, exchange=exchange)
    try:
        document = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return Looked(found=None, known=False, exchange=exchange)
    data = document.get("data") if isinstance(document, dict) else None
    found = data[0] if isinstance(data, list) and len(data) == 1 else data
    if isinstance(found, dict) and found:
        return Looked(found=found, known=True, exchange=exchange)
    empty = isinstance(document, dict) and data in (None, [], {})
    return Looked(found=None, known=empty, exchange=exchange)
