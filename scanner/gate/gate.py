"""The gate: decide, budget, journal, send. Probes reach the network, processes and AWS through its handles only."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.gate.address import is_loopback
from scanner.gate.addresses import PinnedAddresses
from scanner.gate.aws import ReadOnlyAwsClient
from scanner.gate.budget import BudgetUsed, Spent
from scanner.gate.budgets import HostBudgets
from scanner.gate.decision import Decisions, with_true_sinks
from scanner.gate.http_requests import HttpRequests, Means
from scanner.gate.journal import Journal
from scanner.gate.policy import MISFRAMED, endpoint_for, origin_of
from scanner.gate.process import ProcessResult, run_process
from scanner.gate.raw import RawConnection, open_raw
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.stress_budget import StressBudgets
from scanner.gate.tls_context import looking_context
from scanner.gate.token_shapes import offers_of, sequence_of, shapes_of
from scanner.gate.vault import TokenVault
from scanner.model.burst import BurstIntent, BurstSent
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, HttpOutcome, RefusalKind, Refused
from scanner.model.intent import AwsIntent, DnsIntent, HttpIntent, ListenIntent, ProcessIntent, RawIntent, ServeIntent
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.secret import Secret
from scanner.model.served import Answers, ServedAnswer, ServedCall
from scanner.model.target import EnvironmentTarget
from scanner.model.token_shape import KnownToken, TokenSequence, TokenShape

if TYPE_CHECKING:  # most runs only ask: what answers is loaded where it is opened
    import ssl

    from scanner.gate.incoming import IncomingCredentials
    from scanner.gate.listener import Listener
    from scanner.gate.serving import Served


class Gate:
    """One a run. Each handle gives the outcome as a value: what the target did, or why nothing was sent."""

    def __init__(  # noqa: PLR0913 - keywords, of which most have defaults
        self,
        targets: Iterable[EnvironmentTarget],
        *,
        vault: TokenVault,
        journal: Journal,
        redactor: Redactor,
        scratch: Path,
        already_spent: Mapping[str, Spent] | None = None,
        stress_spent: Mapping[str, Spent] | None = None,
        first_number: int = 1,
    ) -> None:
        known = {target.name: with_true_sinks(target, vault.sinks) for target in targets}
        self._targets = known
        self._scratch = scratch
        self._vault = vault
        self._redactor = redactor
        self._record = IntentRecord(journal, first_number)
        self._decisions = Decisions(known, redactor, self._record)
        self._budgets = HostBudgets(known, already_spent)
        self._stress_budgets = StressBudgets(known, stress_spent)
        self.addresses = PinnedAddresses(known, self._record)
        self._http = HttpRequests(
            Means(
                targets=known,
                decisions=self._decisions,
                record=self._record,
                budgets=self._budgets,
                addresses=self.addresses,
                vault=vault,
                redactor=redactor,
                registrations=Registrations(
                    vault=vault,
                    redactor=redactor,
                    record=self._record,
                    rescue=journal.path.parent,
                    stop=self._decisions.stop,
                ),
            )
        )

    @property
    def requests_sent(self) -> int:
        """Requests and connections so far, the resumed run included; what subprocesses were granted is apart."""
        return self._budgets.requests_sent + self._stress_budgets.requests_sent

    def stop(self, why: str) -> None:
        """Let nothing out from now on; what is under way ends by itself."""
        self._decisions.stop(why)

    def keep_secret(self, texts: Iterable[Secret]) -> None:
        """Mask these in everything that is stored, logged or reported from now on.

        Raises: ValueError if one is too short to be told from other text.
        """
        self._redactor.learn_all(texts)

    async def http(self, intent: HttpIntent) -> HttpOutcome:
        """One request, one answer. Redirects are not followed, reads are retried once on a dropped connection."""
        return self._decisions.refusal(intent) or await self._http.send(intent)

    async def burst(self, intent: BurstIntent) -> BurstSent | Failed | Refused:
        """The same few requests again and again, within the bounds of the intent and of `stress:`."""
        from scanner.gate.bursts import Bursts  # noqa: PLC0415 - most runs never send one

        bursts = Bursts(
            decisions=self._decisions, record=self._record, budgets=self._stress_budgets, requests=self._http
        )
        return await bursts.send(intent)

    @asynccontextmanager
    async def raw(self, intent: RawIntent) -> AsyncIterator[RawConnection | Failed | Refused]:
        """A raw connection for the length of the block."""
        addresses = self._decisions.refusal(intent) or await self.addresses.resolve(intent, intent.host)
        if not isinstance(addresses, tuple):
            yield addresses
            return
        try:
            address = addresses[0] if intent.address is None else intent.address
            if address not in addresses:
                yield Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{address} is no address of {intent.host}")
                return
            if intent.misframed and not is_loopback(address):
                yield Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{address} is not loopback: {MISFRAMED}")
                return
            async with self._turn(intent):
                self._record.note(intent, _raw_as_noted(intent))
                connection = await open_raw(intent, address, self._raw_context(intent))
                try:
                    yield connection
                finally:
                    if isinstance(connection, RawConnection):
                        connection.close()
        except BudgetUsed as used:
            yield Refused(kind=RefusalKind.BUDGET, detail=f"{intent.host} has had its {used}")

    def _raw_context(self, intent: RawIntent) -> "ssl.SSLContext | None":
        if not intent.tls:
            return None
        endpoint = endpoint_for(intent.host.lower(), self._targets[intent.environment], intent.port)
        return looking_context(endpoint.client if endpoint else None)

    def _turn(self, intent: RawIntent) -> AbstractAsyncContextManager[None]:
        if intent.effect is Effect.BURST:
            return self._stress_budgets.of(intent.host, intent.environment).host.turn()
        return self._budgets.of(intent.host, intent.environment).turn(refusal=intent.asks)

    async def resolve(self, intent: DnsIntent) -> tuple[str, ...] | Failed | Refused:
        """The addresses of a name that may be connected to; looked up once a run, and pinned from then on."""
        return self._decisions.refusal(intent) or await self.addresses.resolve(intent, intent.name.lower())

    async def run_process(self, intent: ProcessIntent) -> ProcessResult | Refused:
        """Run a program; the connections that it will make are taken from the budgets of their hosts first.

        Raises: OSError if the program cannot be started.
        """
        words = (*intent.argv, *intent.environment_variables.values())
        decisions = self._decisions
        refused = next((no for share in intent.by_environment() if (no := decisions.refusal(share))), None)
        refused = refused or decisions.carries_secret(*words) or self._budgets.reserve(intent)
        if refused:
            return refused
        self._record.note(intent, {"process": list(intent.argv[:8]), "reserved": dict(intent.reserved())})
        return await run_process(intent, self._scratch)

    @asynccontextmanager
    async def listen(self, intent: ListenIntent) -> "AsyncIterator[Listener | Refused]":
        """Wait for calls of the target for the length of the block; port 0 takes a free one (`Listener.port`).

        Raises: OSError if the address cannot be bound.
        """
        if refused := self._decisions.refusal(intent):
            yield refused
            return
        from scanner.gate.listener import Listener, server_context  # noqa: PLC0415 - see above

        listener = Listener(intent)
        server = await asyncio.start_server(listener.serve, intent.host, intent.port, ssl=server_context(intent))
        listener.port = server.sockets[0].getsockname()[1]
        self._record.note(intent, {"listen": f"{intent.host}:{listener.port}"})
        async with server:
            yield listener

    @asynccontextmanager
    async def serve(self, intent: ServeIntent, answers: Answers) -> "AsyncIterator[Served | Refused]":
        """Be a platform that the target can call, for the length of the block; see `ServeIntent`.

        Raises: OSError if the address cannot be bound or the certificate not be used, and whatever `answers` raised.
        """
        if refused := self._decisions.refusal(intent) or await self._not_ready(intent):
            yield refused
            return
        from scanner.gate.accepting import Door  # noqa: PLC0415 - see above
        from scanner.gate.serving import Known, Served  # noqa: PLC0415 - see above

        number = self._record.note(intent, {"serve": f"{intent.host}:{intent.port}", "speaks": intent.speaks})
        registrations = self._http.registrations
        known = Known(
            redactor=self._redactor,
            incoming=self._incoming(intent),
            token=lambda shown: registrations.callers_token(intent.environment, intent.identity, shown),
            note=lambda what: self._record.called(number, what),
        )

        async def heard(call: ServedCall) -> ServedAnswer | None:
            self._decisions.asked.heard(intent, call)
            return await answers(call)

        served = Served(intent, heard, known)
        async with Door(intent, served) as door:
            served.port = door.port
            yield served

    async def _not_ready(self, intent: ServeIntent) -> Refused | None:
        """Where credentials are handed in, there has to be a place for their token."""
        return await self._http.registrations.ready(intent) if intent.takes_credentials else None

    def _incoming(self, intent: ServeIntent) -> "IncomingCredentials | None":
        if not intent.takes_credentials or intent.identity is None:
            return None
        from scanner.gate.incoming import IncomingCredentials  # noqa: PLC0415 - see above

        key = intent.environment, intent.identity
        means = self._http.registrations
        return IncomingCredentials(key, vault=self._vault, registrations=means)

    def aws(self, intent: AwsIntent) -> ReadOnlyAwsClient | Refused:
        """A client for reads of one AWS service.

        Raises: botocore exceptions if the profile or role cannot be used.
        """
        refused = self._decisions.refusal(intent)
        return refused or ReadOnlyAwsClient(intent, lambda operation: self._record.note(intent, {"aws": operation}))

    def refusals_left(self, url: str, environment: str) -> int:
        """How many requests without a valid token the host of a URL may still be sent; 0 where it is no URL."""
        origin = origin_of(url)
        if origin is None:
            return 0
        budget = self._budgets.of(origin.host, environment)
        return max(0, budget.limits.max_refusals - budget.spent.refusals)

    def seconds_left(self, url: str, environment: str) -> float:
        """For how long the host of a URL may still be asked anything; 0 where it is no URL."""
        origin = origin_of(url)
        return 0.0 if origin is None else self._budgets.of(origin.host, environment).seconds_left

    def token_shapes(self, environment: str) -> tuple[TokenShape, ...]:
        """What the tokens of an environment look like, by identity; enough to judge them, too little to rebuild one."""
        return shapes_of(self._vault, environment)

    def tokens_given(self, environment: str, identity: str) -> TokenSequence:
        """What the tokens look like, one after the other, that registrations of this run brought to an identity."""
        return sequence_of(self._vault, environment, identity)

    def tokens_offered(self, environment: str, identity: str) -> TokenSequence:
        """The same of what the platform offered to an identity, in registrations that it started."""
        return offers_of(self._vault, environment, identity)

    def has_former_token(self, environment: str, identity: str) -> bool:
        """True where a registration, of this run or an earlier one, replaced a token of the identity."""
        return self._vault.has_former(environment, identity)

    def sink_of(self, environment: str, identity: str) -> str:
        """Where the new tokens of an identity are kept, as the configuration names it.

        Raises: KeyError where it has no sink.
        """
        return self._vault.sinks[(environment, identity)].place

    def known_token(self, text: str, asker: tuple[str, str]) -> KnownToken | None:
        """Whose credentials token a text is that the target showed; None where this run does not know it.

        `asker`: environment and identity that it was shown to; it is theirs where several were given the same.
        """
        return self._vault.known(text, asker) or self._http.registrations.known(text)

    def others_handed_out(self, environment: str, identity: str) -> int:
        """As how many other identities of the environment this run handed tokens out to the platform."""
        return self._http.registrations.others_handed_out(environment, identity)

    def taken_back(self, leftover: Leftover) -> None:
        """Write down that a leftover is no longer there."""
        self._record.taken_back(leftover)

    async def close(self) -> None:
        """Wait for new tokens that are being taken, close all connections, and bring the journal up to date."""
        await self._http.close()
        self._record.flush()


def _raw_as_noted(intent: RawIntent) -> dict[str, JsonValue]:
    """The connection as the journal has it; one of a burst counts for the budget of bursts."""
    where = f"{intent.host}:{intent.port}"
    if intent.effect is Effect.BURST:
        return {"raw_burst": where, "burst_host": intent.host, "at_most": 1, "seconds": 0}
    return {"raw": where, "anonymous": intent.asks}
