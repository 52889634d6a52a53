"""Probe `ocpi-foreign-token`: tokens of another environment, shown here because the configuration says so.

A test token must open nothing in production. The comparison of tokens within a run needs no request; this one finds the
platform that takes what it never issued, because both share a store.
"""

from collections.abc import Iterable
from typing import Final

from scanner.model.credential import ForeignCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.tokens import ForeignTokenTried
from scanner.model.intent import PlannedRequest
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.doors import versions_door
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

NAME: Final = "ocpi-foreign-token"
_FORMS: Final = (TokenEncoding.BASE64, TokenEncoding.RAW)


class ForeignTokenProbe:
    """One GET of the versions URL for each such token and form."""

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({ForeignTokenTried})
    after = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """A line for each endpoint, with the names of those whose tokens are shown."""
        whose = ", ".join(f"{identity} of {environment}" for environment, identity in sorted(target.shown_here))
        for endpoint in target.endpoints if whose else ():
            what = f"GET of {endpoint.versions_url} with the token of {whose}, which must be refused"
            gets = len(_FORMS) * len(target.shown_here)
            yield planned(NAME, what, gets, target, endpoint, anonymous=True)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other."""
        for endpoint in context.target.endpoints:
            book = Notebook(context, endpoint, None)
            if not context.target.shown_here:
                why = not_configured("no token of another environment may be shown here (`shown_to`)")
                book.missing(book.platform(), (ForeignTokenTried,), why)
            for environment, identity in sorted(context.target.shown_here):
                await _show(context, endpoint, environment, identity)


async def _show(context: ProbeContext, endpoint: Endpoint, environment: str, identity: str) -> None:
    whose = f"{identity} of {environment}"
    book = Notebook(context, endpoint, whose)
    subject = versions_door(context, endpoint, "").subject
    client = OcpiClient(context, endpoint, NAME)
    answers: list[Answer] = []
    evidence: list[EvidenceRef] = []
    for form in _FORMS:
        wanted = f"versions with the token of {whose} ({form})"
        shown = ForeignCredential(environment=environment, identity=identity, encoding=form)
        reply = await client.get(endpoint.versions_url, wanted, shown)
        if isinstance(reply, NoReply):
            book.missing(subject, (ForeignTokenTried,), reply, *evidence)
            return
        answers.append(reply.answer)
        evidence.append(book.keep(wanted, reply, body=False))
        if reply.access is Access.DATA:
            break
    fact = ForeignTokenTried(environment=environment, identity=identity, answers=tuple(answers))
    book.seen(subject, fact, *evidence)
