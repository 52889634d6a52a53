"""One object of an owner, asked for by its id, without the id standing anywhere."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.notes import Notebook
from scanner.ocpi.owned import IdPath
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import with_path, with_query
from scanner.probe import ProbeContext

_DENIALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_TEMPLATE: Final = re.compile(r"\{(\w+)\}")
_CLIENT_ERRORS: Final = range(2000, 3000)  # 3xxx: the server failed (status_codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadById:
    """What came of it; `denied`: kept back for good."""

    given: bool
    denied: bool
    said: str
    curl: str
    evidence: EvidenceRef

    def undecided(self, wanted: str) -> NoReply:
        """Why the answer decides nothing."""
        detail = f"{wanted}: {self.said} does not say whether the object is kept from it"
        return NoReply(reason=Reason.UNPARSABLE, detail=detail)


class ById:
    """Reads by id at one endpoint, as any identity that was offered the module."""

    def __init__(
        self,
        context: ProbeContext,
        client: OcpiClient,
        interfaces: Mapping[tuple[InterfaceSubject, str], Interface],
    ) -> None:
        self._context = context
        self._client = client
        self._interfaces = interfaces

    async def read(self, subject: InterfaceSubject, speaker: str, path: IdPath) -> ReadById | NoReply | None:
        """None where the speaker was not offered the module."""
        interface = self._interfaces.get((subject, speaker))
        if interface is None:
            return None
        url = with_query(with_path(interface.url, *path.segments), **path.query)
        shown = interface.url.rstrip("/") + path.template
        wanted = f"{interface.name}{path.template} as {speaker}"
        reply = await self._client.get(url, wanted, interface.credential, shown_url=shown)
        if isinstance(reply, NoReply):
            return reply
        # The id may name a driver: it stays out of the evidence.
        book = Notebook(self._context, self._client.endpoint, speaker)
        evidence = book.keep(wanted, reply, body=False, shown_url=shown)
        return ReadById(
            given=reply.access is Access.DATA,
            denied=_denies(reply),
            said=reply.answer.said(),
            curl=repeat_by_id(reply, shown),
            evidence=evidence,
        )


def _denies(reply: Reply) -> bool:
    """An answer that keeps an object back for good: neither a failure of the server nor a matter of its load."""
    if reply.exchange.truncated or reply.refused_redirect is not None:
        return False
    by_ocpi = reply.exchange.status == HTTPStatus.OK and reply.ocpi_status in _CLIENT_ERRORS
    return by_ocpi or reply.exchange.status in _DENIALS


def repeat_by_id(reply: Reply, shown: str) -> str:
    """A curl line for a URL with templates, which a shell fills in from variables."""
    url = _TEMPLATE.sub(lambda found: f"${found[1].upper()}", shown)
    return repeat_line(reply.exchange, url).replace(f"'{url}'", f'"{url}"')
