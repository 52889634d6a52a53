"""Commands and results that have to be refused, at every commands interface that a disposable identity may use."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.commands import COMMAND_FACTS, Asked, CommandsOfNothing, ResultsOfNothing, Took
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import HttpIntent, PlannedRequest
from scanner.model.observation import Reason
from scanner.model.party import Identity, Party, Right, Role
from scanner.model.subject import EndpointSubject, Side
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.commands.answer import asked
from scanner.ocpi.commands.messages import Message, commands, is_sender, results
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.writing.surface import JSON, as_bytes
from scanner.probe import ProbeContext

_MODULE: Final = "commands"
_MOST: Final = 24  # messages of an identity: four at each side of three versions


class CommandsProbe:
    """Sends nothing that could move hardware; what it sends needs leave to actuate all the same."""

    name = "ocpi-commands"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(COMMAND_FACTS)
    after = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line an identity, where commands are allowed at all."""
        if _why_not(target) is None:
            for endpoint in target.endpoints:
                for identity in target.speakers(endpoint):
                    if identity.disposable and identity.party:
                        yield self._planned(target, identity)

    async def run(self, context: ProbeContext) -> None:
        """Ask every interface."""
        for endpoint in context.target.endpoints:
            why_not = _why_not(context.target)
            if why_not is not None:
                _missing(context, endpoint, COMMAND_FACTS, Reason.NOT_PERMITTED, why_not)
                continue
            found = list(_interfaces(context, endpoint))
            for interface, party in found:
                await self._at(context, interface, party)
            kinds = {ResultsOfNothing if is_sender(interface) else CommandsOfNothing for interface, _ in found}
            lacking = tuple(kind for kind in COMMAND_FACTS if kind not in kinds)
            detail = "no disposable identity with a party may use this side of the commands module"
            _missing(context, endpoint, lacking, Reason.NOT_CONFIGURED, detail)

    async def _at(self, context: ProbeContext, interface: Interface, party: Party) -> None:
        ids = Random(f"{context.seed}/{context.now.isoformat()}/{interface.name}/{party}")  # noqa: S311 - made-up ids
        sender, server = is_sender(interface), context.target.partner_server
        origin = server.url if server else None
        now = context.now
        made = results(interface, ids, now, party) if sender else commands(interface, party, ids, now, origin)
        answers: list[Asked] = []
        evidence: list[EvidenceRef] = []
        for message in made:
            outcome = await context.gate.http(self._intent(interface, party, message, ids))
            answers.append(asked(message.command, outcome, result=sender))
            if isinstance(outcome, Exchange):
                title = f"{message.command} about nothing at {interface.name}"
                document = exchange_document(outcome)
                evidence.append(context.evidence.store_document(title, context.record.witness, document))
        kind = ResultsOfNothing if sender else CommandsOfNothing
        who = interface.credential.identity
        if evidence:
            context.record.seen(interface.subject, kind(asked=tuple(answers)), *evidence, identity=who)
        else:
            why = next((one.why for one in answers if one.why), "this version has no URLs for results")
            reason = Reason.NOT_PERMITTED if any(one.took is Took.NOT_SENT for one in answers) else Reason.UNREACHABLE
            context.record.unavailable(interface.subject, kind, reason, f"{interface.name}: {why}", identity=who)

    def _intent(self, interface: Interface, party: Party, message: Message, ids: Random) -> HttpIntent:
        return HttpIntent(
            effect=Effect.ACTUATE,
            environment=interface.subject.environment,
            probe=self.name,
            purpose=f"{interface.name}: {message.command} about what does not exist",
            identity=interface.credential.identity,
            method="POST",
            url=message.url,
            credential=interface.credential,
            headers={**MessageIds.new(ids).headers, "Content-Type": JSON},
            body=as_bytes(message.body),
            module=_MODULE,
            owners=frozenset({party}),
        )

    def _planned(self, target: EnvironmentTarget, identity: Identity) -> PlannedRequest:
        return PlannedRequest(
            probe=self.name,
            effect=Effect.ACTUATE,
            environment=target.name,
            what="commands about locations and sessions that exist nowhere, and results of what was never commanded",
            at_least=0,
            at_most=_MOST,
            identity=identity.name,
        )


def _why_not(target: EnvironmentTarget) -> str | None:
    if not target.mode.includes(Mode.EXERCISE):
        return f"commands need mode {Mode.EXERCISE}; the scan ran in mode {target.mode}"
    return None if Effect.ACTUATE in target.allow else f"commands need `allow: [{Effect.ACTUATE}]`"


def _interfaces(context: ProbeContext, endpoint: Endpoint) -> Iterator[tuple[Interface, Party]]:
    for interface in discovered(context, endpoint):
        identity = context.target.identity(interface.credential.identity)
        side = interface.side or Side.RECEIVER
        contract = context.target.contract_of(identity)
        granted = contract is None or contract.allows(_MODULE, side, Right.WRITE)
        usable = interface.module == _MODULE and interface.place is UrlPlace.IN_SCOPE
        # 2.1.1 knows no sides: a CPO's answers would go there, and this is about what an eMSP sends
        usable = usable and (interface.side is not None or identity.role in {None, Role.EMSP})
        if usable and granted and identity.disposable and identity.party is not None:
            yield interface, identity.party


def _missing(context: ProbeContext, endpoint: Endpoint, kinds: Iterable[type], reason: Reason, detail: str) -> None:
    subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
    for kind in kinds:
        context.record.unavailable(subject, kind, reason, detail)
