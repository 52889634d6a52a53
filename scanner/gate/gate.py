"""The gate: decide, budget, journal, send. Probes reach the network, processes and AWS through its handles only."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.gate.addresses import PinnedAddresses
from scanner.gate.aws import ReadOnlyAwsClient
from scanner.gate.budget import Spent
from scanner.gate.budgets import HostBudgets
from scanner.gate.decision import Decisions, with_true_sinks
from scanner.gate.http_requests import HttpRequests, Means
from scanner.gate.journal import Journal
from scanner.gate.policy import origin_of
from scanner.gate.process import ProcessResult, run_process
from scanner.gate.raw import RawConnection
from scanner.gate.raw_connections import RawConnections
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.standing_offers import StandingOffers
from scanner.gate.stress_budget import StressBudgets
from scanner.gate.token_shapes import offers_of, sequence_of, shapes_of
from scanner.gate.vault import TokenVault
from scanner.model.burst import BurstIntent, BurstSent
from scanner.model.exchange import Failed, HttpOutcome, Refused
from scanner.model.intent import AwsIntent, DnsIntent, HttpIntent, ListenIntent, ProcessIntent, RawIntent, ServeIntent
from scanner.model.leftover import Leftover
from scanner.model.secret import Secret
from scanner.model.served import Answers
from scanner.model.target import EnvironmentTarget
from scanner.model.token_shape import KnownToken, TokenSequence, TokenShape

if TYPE_CHECKING:  # most runs only ask: what answers is loaded where it is opened
    from scanner.gate.listener import Listener
    from scanner.gate.servers import Servers
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
        self._scratch = scratch
        self._vault = vault
        self._redactor = redactor
        self._record = IntentRecord(journal, first_number)
        self._decisions = Decisions(known, redactor, self._record)
        self._budgets = HostBudgets(known, already_spent)
        self._stress_budgets = StressBudgets(known, stress_spent)
        self.addresses = PinnedAddresses(known, self._record)
        registrations = Registrations(
            vault=vault,
            redactor=redactor,
            record=self._record,
            rescue=journal.path.parent,
            stop=self._decisions.stop,
        )
        self.standing_offers = StandingOffers(vault, registrations)
        self._http = HttpRequests(
            Means(
                targets=known,
                decisions=self._decisions,
                record=self._record,
                budgets=self._budgets,
                addresses=self.addresses,
                vault=vault,
                redactor=redactor,
                registrations=registrations,
            )
        )

        self._raw = RawConnections(
            targets=known,
            decisions=self._decisions,
            record=self._record,
            budgets=self._budgets,
            stress_budgets=self._stress_budgets,
            addresses=self.addresses,
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

    def raw(self, intent: RawIntent) -> AbstractAsyncContextManager[RawConnection | Failed | Refused]:
        """A raw connection for the length of the block."""
        return self._raw.open(intent)

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

    def listen(self, intent: ListenIntent) -> "AbstractAsyncContextManager[Listener | Refused]":
        """Wait for calls of the target for the length of the block; port 0 takes a free one (`Listener.port`).

        Raises: OSError if the address cannot be bound or the certificate not be used.
        """
        return self._servers().listen(intent)

    def serve(self, intent: ServeIntent, answers: Answers) -> "AbstractAsyncContextManager[Served | Refused]":
        """Be a platform that the target can call, for the length of the block; see `ServeIntent`.

        Raises: OSError if the address cannot be bound or the certificate not be used, and whatever `answers` raised.
        """
        return self._servers().serve(intent, answers)

    def _servers(self) -> "Servers":
        from scanner.gate.servers import Servers  # noqa: PLC0415 - most runs only ask

        return Servers(
            decisions=self._decisions,
            record=self._record,
            redactor=self._redactor,
            registrations=self._http.registrations,
            vault=self._vault,
            standing_offers=self.standing_offers,
        )

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

    def shares_host(self, url: str, environment: str) -> bool:
        """True where other environments spend the budget of a URL's host as well."""
        origin = origin_of(url)
        return origin is not None and self._budgets.shared(origin.host, environment)

    def requests_left(self, url: str, environment: str) -> int:
        """How many requests the host of a URL may still be sent; 0 where it is no URL."""
        origin = origin_of(url)
        return 0 if origin is None else self._budgets.of(origin.host, environment).requests_left

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

    def remember(self, leaves: Iterable[Leftover]) -> None:
        """Know the sessions that an earlier part of this run may have begun: they are stopped by their marks."""
        self._record.remember(leaves)

    async def close(self) -> None:
        """Wait for new tokens that are being taken, close all connections, and bring the journal up to date."""
        await self._http.close()
        await self._raw.close()
        self._record.flush()
