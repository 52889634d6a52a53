"""A refusal without what differs by nature: times, message ids, lengths of what echoes them."""

from collections.abc import Mapping
from typing import Final

from scanner.model.facts.ocpi.tokens import Wording
from scanner.ocpi.reply import Reply

_LONGEST: Final = 120
_BY_NATURE: Final = frozenset({"date", "age", "set-cookie", "cf-ray"})
# Of the connection and of how long the message is, not of what it says: a server closes one connection in a hundred.
_OF_THE_WAY: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "trailer"})


def wording(reply: Reply) -> Wording:
    """What two refusals are compared by."""
    document = reply.document
    message = document.get("status_message") if isinstance(document, Mapping) else None
    names = sorted({name.lower() for name, _ in reply.exchange.headers} - _BY_NATURE - _OF_THE_WAY)
    return Wording(
        http_status=reply.exchange.status,
        ocpi_status=reply.ocpi_status,
        message=_without_ids(str(message) if message is not None else "", reply)[:_LONGEST],
        headers=tuple(names),
        body_bytes=len(_without_ids(reply.exchange.body.decode(errors="replace"), reply)),
    )


def _without_ids(text: str, reply: Reply) -> str:
    """The text without the ids of the message and without the time of the answer, which may differ in length."""
    document = reply.document
    stamp = document.get("timestamp") if isinstance(document, Mapping) else None
    sent = {name.lower(): value for name, value in reply.exchange.request_headers}
    own = (sent.get("x-request-id"), sent.get("x-correlation-id"), stamp if isinstance(stamp, str) else None)
    for value in own:
        text = text.replace(value, "") if value else text
    return text
