"""Probe `ocpi-credentials`: the credentials object as every identity reads it, and what a bootstrap token opens.

Reads only. OCPI gives a CREDENTIALS_TOKEN_A versions and credentials, and nothing else (2.2.1 and 2.3.0, credentials:
registration; transport_and_format: authorization header).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from scanner.model.facts.ocpi.credentials import BootstrapTokenAtModule, CredentialsShown, TokenShown
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.token_shape import Standing
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.doors import CREDENTIALS, Door, ask, interfaces_of, module_doors, present
from scanner.ocpi.credentials.parties import parties_named
from scanner.ocpi.interfaces import Interface, discovered, why_nothing
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.planned import planned_gets
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

_MASKED: Final = re.compile(r"[*•xX#.\-]*|.{0,7}|\[.*\]|<.*>", re.DOTALL)


class CredentialsReadProbe:
    """One GET for each identity and version, and two at each module where there is a bootstrap token."""

    name = "ocpi-credentials"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({CredentialsShown, BootstrapTokenAtModule})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The credentials as each identity, and the modules with the bootstrap tokens."""
        for endpoint in target.endpoints:
            what = f"GET of the credentials object of each version below {endpoint.versions_url}"
            yield from planned_gets(self.name, what, MOST_VERSIONS, target, endpoint)
            if any(identity.bootstrap for identity in target.speakers(endpoint)):
                what = f"GET of each module below {endpoint.versions_url} with a bootstrap token, which must be refused"
                yield from planned_gets(self.name, what, 2 * MOST_VERSIONS * MOST_ENDPOINTS, target, endpoint)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other, one identity after the other."""
        for endpoint in context.target.endpoints:
            client = OcpiClient(context, endpoint, self.name)
            shown = False
            for identity in context.target.speakers(endpoint):
                for interface in interfaces_of(context, endpoint, identity.name):
                    if interface.module == CREDENTIALS:
                        shown = True
                        await _read(client, Notebook(context, endpoint, identity.name), interface, identity)
            if not shown:
                book = Notebook(context, endpoint, None)
                book.missing(book.platform(), (CredentialsShown,), _no_credentials(context, endpoint))
            await _bootstraps(client, context, endpoint)


def _no_credentials(context: ProbeContext, endpoint: Endpoint) -> NoReply:
    if discovered(context, endpoint):
        return NoReply(reason=Reason.UNPARSABLE, detail="the version details name no credentials module in scope")
    return why_nothing(context, endpoint)


async def _read(client: OcpiClient, book: Notebook, interface: Interface, identity: Identity) -> None:
    wanted = f"{interface.name} as {identity.name}"
    reply = await client.get(interface.url, wanted, interface.credential)
    if isinstance(reply, NoReply):
        book.missing(interface.subject, (CredentialsShown,), reply)
        return
    evidence = book.keep(wanted, reply, body=True)
    if not isinstance(reply.data, Mapping) and not (identity.bootstrap and reply.exchange.status in {401, 403, 405}):
        book.missing(interface.subject, (CredentialsShown,), reply.unreadable(wanted), evidence)
        return
    book.seen(interface.subject, _shown(book.context, reply, identity.name), evidence)


def _shown(context: ProbeContext, reply: Reply, identity: str) -> CredentialsShown:
    data = reply.data if isinstance(reply.data, Mapping) else {}
    token, whose = _whose(context, data.get("token"), identity)
    return CredentialsShown(
        shows=token, whose=whose, parties=parties_named(reply.data), curl=repeat_line(reply.exchange)
    )


def _whose(context: ProbeContext, token: JsonValue, identity: str) -> tuple[TokenShown, str | None]:
    """Where it stands among the tokens that the gate knows, and with whom if not with the caller."""
    if not isinstance(token, str) or not token:
        return TokenShown.NONE, None
    known = context.gate.known_token(token, (context.target.name, identity))
    if known is None:
        return (TokenShown.MASKED if _MASKED.fullmatch(token) else TokenShown.UNKNOWN), None
    if (known.environment, known.identity) != (context.target.name, identity):
        return TokenShown.ANOTHERS, known.identity
    return _OWN[known.standing], None


_OWN: Final = {
    Standing.PRESENT: TokenShown.OWN,
    Standing.FORMER: TokenShown.OWN_FORMER,
    Standing.FOR_THE_PARTNER: TokenShown.FOR_THE_PARTNER,
}


async def _bootstraps(client: OcpiClient, context: ProbeContext, endpoint: Endpoint) -> None:
    tried = [i for i in context.target.speakers(endpoint) if i.bootstrap]
    for identity in tried:
        book = Notebook(context, endpoint, identity.name)
        doors = module_doors(context, endpoint, identity.name)
        if context.gate.has_former_token(context.target.name, identity.name):
            why = not_configured(f"the bootstrap token of {identity.name} was registered with in an earlier run")
            book.missing(book.platform(), (BootstrapTokenAtModule,), why)
        elif not doors:
            book.missing(book.platform(), (BootstrapTokenAtModule,), why_nothing(context, endpoint))
        else:
            for door in doors:
                await _try(client, book, door)
    if not tried:
        book = Notebook(context, endpoint, None)
        why = not_configured("no identity holds a bootstrap token (`kind: bootstrap`), so none was tried")
        book.missing(book.platform(), (BootstrapTokenAtModule,), why)


async def _try(client: OcpiClient, book: Notebook, door: Door) -> None:
    asked = await ask(client, book, door, present(door, book.identity or ""), "the bootstrap token")
    if isinstance(asked, NoReply):
        book.missing(door.subject, (BootstrapTokenAtModule,), asked)
        return
    other = next((i for i in discovered(book.context, book.endpoint) if i.url == door.url), None)
    control = await ask(client, book, door, other.credential, "the token") if other else None
    evidence = [asked.evidence]
    others = None
    if control is not None and not isinstance(control, NoReply):
        others = control.answer
        evidence.append(control.evidence)
    book.seen(door.subject, BootstrapTokenAtModule(answer=asked.answer, others=others), *evidence)
