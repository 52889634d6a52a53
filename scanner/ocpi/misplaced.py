"""Probe `ocpi-misplaced`: a valid token where it has no business - under another scheme, and in the query.

Under another scheme it still stands in the Authorization header. In the query it is sent for a disposable identity
only; the gate sees to that. Takes what `ocpi-access` leaves of the refusal budget.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.access import AccessObserved, AccessWithTokenInQuery, AccessWithTokenUnderBearer
from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import Credential, IdentityCredential, MisplacedCredential, PlannedRequest
from scanner.model.target import EnvironmentTarget
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface, discovered, first_speaker, left_out, why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.ocpi.share import Left, enough_for_all, kept_for_tokens
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

ORDER: Final[tuple[type[AccessObserved], ...]] = (AccessWithTokenUnderBearer, AccessWithTokenInQuery)
_PARAMETER: Final = "token"


class MisplacedTokenProbe:
    """Two requests for each module interface, as the first identity that was offered it."""

    name = "ocpi-misplaced"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(ORDER)
    after: frozenset[str] = frozenset({"ocpi-discovery"})
    yields_to: frozenset[str] = frozenset({"ocpi-access", "ocpi-stranger-writes"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Nothing where there is no identity."""
        for endpoint in target.endpoints:
            speakers = target.speakers(endpoint)
            if speakers:
                where = "under Bearer and in the query" if any(s.disposable for s in speakers) else "under Bearer"
                gets = len(ORDER) * MOST_VERSIONS * MOST_ENDPOINTS * len(speakers)
                what = f"GET of every module of {endpoint.versions_url} with the valid token {where}"
                names = ", ".join(identity.name for identity in speakers)
                yield replace(planned(self.name, what, gets, target, endpoint, anonymous=True), identity=names)

    def yields(self, context: ProbeContext) -> bool:
        """Where the refusal budget does not suffice for all."""
        return not enough_for_all(context)

    async def run(self, context: ProbeContext) -> None:
        """One module of each version in both ways, then the others."""
        for endpoint in context.target.endpoints:
            client, left = OcpiClient(context, endpoint, self.name), Left(context, endpoint)
            interfaces = first_speaker(discovered(context, endpoint))
            book = Notebook(context, endpoint, None)
            if not interfaces:
                book.missing(book.platform(), ORDER, why_nothing(context, endpoint))
            for interface in left_out(context, endpoint):
                book.missing(interface.subject, ORDER, interface.not_looked_into())
            speaking = {i.version: i for i in reversed(interfaces.values()) if i.place is UrlPlace.IN_SCOPE}
            others = [i for i in interfaces.values() if speaking.get(i.version) != i]
            for some in (speaking.values(), others):
                for kind in ORDER:
                    for interface in some:
                        await _try(left, client, book, interface, kind)


async def _try(
    left: Left, client: OcpiClient, book: Notebook, interface: Interface, kind: type[AccessObserved]
) -> None:
    if interface.place is not UrlPlace.IN_SCOPE:
        book.missing(interface.subject, (kind,), interface.out_of_scope())
        return
    wanted = f"{interface.name} with a valid token {_where(kind)}"
    nothing = left.nothing(interface.url, wanted, kept_for_tokens)
    reply = nothing or await client.get(interface.url, wanted, _credential(interface, kind))
    if isinstance(reply, NoReply):
        book.missing(interface.subject, (kind,), reply)
        return
    evidence = book.keep(wanted, reply, body=reply.access not in MAY_HOLD_DATA)
    book.seen(interface.subject, kind(answers=(reply.answer,), leaks=()), evidence)


def _where(kind: type[AccessObserved]) -> str:
    return "under Bearer" if kind is AccessWithTokenUnderBearer else "in the query"


def _credential(interface: Interface, kind: type[AccessObserved]) -> Credential:
    """Bearer tokens are sent as they are (RFC 6750), in the query as well: that is how they are leaked."""
    identity = interface.credential.identity
    if kind is AccessWithTokenUnderBearer:
        return IdentityCredential(identity=identity, encoding=TokenEncoding.RAW, scheme="Bearer")
    return MisplacedCredential(identity=identity, parameter=_PARAMETER, encoding=TokenEncoding.RAW)
