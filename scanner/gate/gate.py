"""The gate: decide, budget, journal, send. Probes reach the network, processes and AWS through its handles only."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.gate.address import is_internal
from scanner.gate.aws import ReadOnlyAwsClient
from scanner.gate.budget import BudgetUsed, HostBudget, Spent
from scanner.gate.health import OriginHealth
from scanner.gate.http import USER_AGENT, HttpSender, Wire
from scanner.gate.journal import Journal
from scanner.gate.listener import Listener, server_context
from scanner.gate.policy import REAL, address_in_scope, decide, endpoint_for, origin_of
from scanner.gate.process import ProcessResult, run_process
from scanner.gate.raw import RawConnection, open_raw
from scanner.gate.redaction import Redactor
from scanner.gate.tls_context import looking_context, verifying_context
from scanner.gate.vault import TokenVault
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, RefusalKind, Refused
from scanner.model.intent import (
    AwsIntent,
    DnsIntent,
    HttpIntent,
    IdentityCredential,
    Intent,
    ListenIntent,
    MadeUpCredential,
    MisplacedCredential,
    ProcessIntent,
    RawIntent,
)
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.target import EnvironmentTarget, Limits, Origin

_LONGEST_PAUSE_S: Final = 60.0
_MUST_SURVIVE_POWER_LOSS: Final = frozenset({Effect.REGISTRATION, Effect.ACTUATE})
_PACKET: Final = 1500  # bytes; what came before a failure is not known exactly
_PATIENT_STATUSES: Final = frozenset({429, 503})


class Gate:
    """One a run. Each handle gives the outcome as a value: what the target did, or why nothing was sent."""

    def __init__(
        self,
        targets: Iterable[EnvironmentTarget],
        *,
        vault: TokenVault,
        journal: Journal,
        redactor: Redactor,
        scratch: Path,
        already_spent: Mapping[str, Spent] | None = None,
        first_number: int = 1,
    ) -> None:
        self._targets = {target.name: target for target in targets}
        self._vault = vault
        self._journal = journal
        self._redactor = redactor
        self._scratch = scratch
        self._already_spent = dict(already_spent or {})
        self._budgets: dict[str, HostBudget] = {}
        self._health: dict[Origin, OriginHealth] = {}
        self._addresses: dict[str, tuple[str, ...] | Failed] = {}
        self._sender = HttpSender()
        self._stopped: str | None = None
        self._number = first_number - 1
        self._ways_back: set[tuple[str | None, str | None]] = set()

    @property
    def requests_sent(self) -> int:
        """Requests and connections so far, the resumed run included; what subprocesses were granted is apart."""
        untouched = (spent for host, spent in self._already_spent.items() if host not in self._budgets)
        return sum(budget.spent.requests for budget in self._budgets.values()) + sum(
            spent.requests for spent in untouched
        )

    def stop(self, why: str) -> None:
        """Let nothing out from now on; what is under way ends by itself."""
        self._stopped = self._stopped or why

    async def http(self, intent: HttpIntent) -> HttpOutcome:
        """One request, one answer. Redirects are not followed, reads are retried once on a dropped connection."""
        if refused := self._decide(intent):
            return refused
        outcome = await self._send(intent)
        if isinstance(outcome, Failed) and outcome.kind is FailureKind.RESET and intent.effect is Effect.READ:
            again = await self._send(intent)
            return replace(again, retried=True) if isinstance(again, Exchange) else again
        if (
            isinstance(outcome, Exchange)
            and intent.effect is Effect.READ
            and intent.patient
            and self._pause(intent, outcome)
        ):
            later = await self._send(intent)
            return replace(later, earlier_statuses=(outcome.status,)) if isinstance(later, Exchange) else later
        return outcome

    @asynccontextmanager
    async def raw(self, intent: RawIntent) -> AsyncIterator[RawConnection | Failed | Refused]:
        """A raw connection for the length of the block."""
        addresses = self._decide(intent) or await self._resolve(intent, intent.host)
        if not isinstance(addresses, tuple):
            yield addresses
            return
        try:
            address = addresses[0] if intent.address is None else intent.address
            if address not in addresses:
                yield Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{address} is no address of {intent.host}")
                return
            async with self._budget(intent.host, intent.environment).turn(refusal=intent.asks):
                self._note(intent, {"raw": f"{intent.host}:{intent.port}", "anonymous": intent.asks})
                connection = await open_raw(intent, address, looking_context() if intent.tls else None)
                try:
                    yield connection
                finally:
                    if isinstance(connection, RawConnection):
                        connection.close()
        except BudgetUsed as used:
            yield Refused(kind=RefusalKind.BUDGET, detail=f"{intent.host} has had its {used}")

    async def resolve(self, intent: DnsIntent) -> tuple[str, ...] | Failed | Refused:
        """The addresses of a name that may be connected to; looked up once a run, and pinned from then on."""
        return self._decide(intent) or await self._resolve(intent, intent.name.lower())

    async def run_process(self, intent: ProcessIntent) -> ProcessResult | Refused:
        """Run a program; the connections that it will make are taken from the budgets of their hosts first.

        Raises: OSError if the program cannot be started.
        """
        words = (*intent.argv, *intent.environment_variables.values())
        shares = _by_environment(intent)
        refused = next((no for share in shares if (no := self._decide(share))), None)
        refused = refused or self._carries_secret(*words) or self._reserve(shares)
        if refused:
            return refused
        self._note(intent, {"process": list(intent.argv[:8]), "reserved": dict(_reserved(shares))})
        return await run_process(intent, self._scratch)

    @asynccontextmanager
    async def listen(self, intent: ListenIntent) -> AsyncIterator[Listener | Refused]:
        """Wait for calls of the target for the length of the block; port 0 takes a free one (`Listener.port`).

        Raises: OSError if the address cannot be bound.
        """
        if refused := self._decide(intent):
            yield refused
            return
        listener = Listener(intent)
        server = await asyncio.start_server(listener.serve, intent.host, intent.port, ssl=server_context(intent))
        listener.port = server.sockets[0].getsockname()[1]
        self._note(intent, {"listen": f"{intent.host}:{listener.port}"})
        async with server:
            yield listener

    def aws(self, intent: AwsIntent) -> ReadOnlyAwsClient | Refused:
        """A client for reads of one AWS service.

        Raises: botocore exceptions if the profile or role cannot be used.
        """
        refused = self._decide(intent)
        return refused or ReadOnlyAwsClient(intent, lambda operation: self._note(intent, {"aws": operation}))

    def taken_back(self, leftover: Leftover) -> None:
        """Write down that a leftover is no longer there."""
        entry = {name: getattr(leftover, name) for name in leftover.__dataclass_fields__}
        self._journal.write("removed", entry, durable=True)

    async def close(self) -> None:
        """Close all connections."""
        await self._sender.close()

    def _decide(self, intent: Intent) -> Refused | None:
        if self._stopped and not self._takes_back(intent):
            return Refused(kind=RefusalKind.STOPPED, detail=self._stopped)
        return decide(intent, self._targets.get(intent.environment), datetime.now(UTC)) or self._leaks(intent)

    def _takes_back(self, intent: Intent) -> bool:
        """What was announced as the way back may go out even after a stop."""
        return isinstance(intent, HttpIntent) and (intent.method, intent.url) in self._ways_back

    def _leaks(self, intent: Intent) -> Refused | None:
        """A real token stands in the Authorization header and nowhere else."""
        if not isinstance(intent, HttpIntent):
            return None
        body = (intent.body or b"").decode(errors="replace")
        texts = [intent.url, body, *intent.headers.values()]
        match intent.credential:
            case IdentityCredential(identity=name) | MisplacedCredential(identity=name) if not self._vault.holds(
                intent.environment, name
            ):
                return Refused(kind=RefusalKind.CREDENTIAL, detail=f"no token is known for identity {name!r}")
            case MadeUpCredential(header_value=value):
                texts.append(value)
            case _:
                pass
        return self._carries_secret(*texts)

    def _carries_secret(self, *texts: str) -> Refused | None:
        if any(self._redactor.holds_secret(text) for text in texts):
            return Refused(kind=RefusalKind.CREDENTIAL, detail="a known secret stands outside the Authorization header")
        return None

    async def _send(self, intent: HttpIntent) -> HttpOutcome:
        origin = origin_of(intent.url)
        if origin is None:
            raise AssertionError("decided without an origin")
        health = self._health.setdefault(origin, OriginHealth())
        if health.stopped:
            return Refused(kind=RefusalKind.STOPPED, detail=health.stopped)
        addresses = await self._resolve(intent, origin.host)
        if not isinstance(addresses, tuple):
            return addresses
        wire = self._wire(intent, origin, addresses)
        budget = self._budget(origin.host, intent.environment)
        try:
            async with budget.turn(refusal=_counts_as_refusal(intent)):
                if self._stopped and not self._takes_back(intent):
                    return Refused(kind=RefusalKind.STOPPED, detail=self._stopped)
                number = self._note(intent, _as_sent(intent, origin.host))
                outcome = self._with_speaker(intent, origin, await self._sender.send(wire))
        except BudgetUsed as used:
            return Refused(kind=RefusalKind.BUDGET, detail=f"{origin.host} has had its {used}")
        if not isinstance(outcome, Exchange):
            budget.received(_PACKET)
        self._journal.write(
            "outcome", {"number": number, "status": _status(outcome), "bytes": budget.spent.bytes_received}
        )
        if origin.scheme == "https":  # a plaintext port that does not answer is what we hope for
            health.saw(f"{intent.method} {intent.url}", outcome)
        return outcome

    def _with_speaker(self, intent: HttpIntent, origin: Origin, outcome: Exchange | Failed) -> Exchange | Failed:
        if not isinstance(outcome, Exchange):
            return outcome
        endpoint = endpoint_for(origin.host, self._targets[intent.environment], origin.port)
        real = intent.credential if isinstance(intent.credential, REAL) else None
        return replace(
            outcome,
            spoken_as=real.identity if real else None,
            encoding=real.encoding if real else None,
            private_ca=bool(endpoint and endpoint.ca_file and outcome.tls_version),
        )

    def _wire(self, intent: HttpIntent, origin: Origin, addresses: tuple[str, ...]) -> Wire:
        endpoint = endpoint_for(origin.host, self._targets[intent.environment], origin.port)
        limits = self._targets[intent.environment].limits
        tls = None
        if origin.scheme == "https":
            tls = verifying_context(endpoint.ca_file if endpoint else None) if intent.verify_tls else looking_context()
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip", **intent.headers}
        shown = dict(headers)
        presented = self._vault.present(intent.environment, intent.credential, intent.url)
        if presented.header is not None and presented.shown_header is not None:
            shown["Authorization"] = presented.shown_header
            headers["Authorization"] = presented.header
        return Wire(
            method=intent.method,
            url=presented.url,
            shown_url=presented.shown_url,
            headers=headers,
            shown_headers=tuple(shown.items()),
            body=intent.body,
            host=origin.host,
            addresses=addresses,
            tls=tls,
            timeout_s=intent.timeout_s or limits.timeout_s,
            max_body_bytes=intent.max_body_bytes or limits.max_body_bytes,
            max_header_bytes=limits.max_header_bytes,
            received=self._budget(origin.host, intent.environment).received,
        )

    async def _resolve(self, intent: Intent, host: str) -> tuple[str, ...] | Failed:
        """Looked up once a run; whether the environment of the intent may connect there is decided each time."""
        if host not in self._addresses:
            self._addresses[host] = await self._look_up(intent, host)
        addresses = self._addresses[host]
        target = self._targets[intent.environment]
        if isinstance(addresses, Failed) or all(
            address_in_scope(host, a, target, internal=is_internal(a)) for a in addresses
        ):
            return addresses
        where = f"{host} resolves to an internal address ({', '.join(addresses)})"
        detail = f"{where}; set allow_internal (--allow-internal) if that is meant"
        return Failed(kind=FailureKind.ADDRESS_OUT_OF_SCOPE, detail=detail, method="DNS", url=host)

    async def _look_up(self, intent: Intent, host: str) -> tuple[str, ...] | Failed:
        self._note(intent, {"dns": host})
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "not a host name"
            return Failed(kind=FailureKind.DNS, detail=f"{host}: {why}", method="DNS", url=host)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _budget(self, host: str, environment: str) -> HostBudget:
        if host not in self._budgets:
            target = self._targets.get(environment)
            budget = HostBudget(target.limits if target else Limits(), time.monotonic)
            budget.spent = self._already_spent.get(host, Spent())
            self._budgets[host] = budget
        return self._budgets[host]

    def _reserve(self, shares: Sequence[ProcessIntent]) -> Refused | None:
        budgets = {host: self._budget(host, share.environment) for share in shares for host in share.reserves}
        needed = _reserved(shares)
        for host, budget in budgets.items():
            if lacking := budget.lacks(needed[host]):
                return Refused(kind=RefusalKind.BUDGET, detail=f"{host}: {lacking}")
        for host, budget in budgets.items():
            budget.reserve(needed[host])
        return None

    def _pause(self, intent: HttpIntent, outcome: Exchange) -> bool:
        """Honour Retry-After in seconds (RFC 9110, section 10.2.3); true where the read may be sent once more."""
        after = outcome.header("Retry-After") or ""
        origin = origin_of(intent.url)
        if outcome.status not in _PATIENT_STATUSES or not (after.isascii() and after.isdigit()) or origin is None:
            return False
        seconds = float(after)
        self._budget(origin.host, intent.environment).pause(min(seconds, _LONGEST_PAUSE_S))
        return seconds <= _LONGEST_PAUSE_S

    def _note(self, intent: Intent, what: Mapping[str, JsonValue]) -> int:
        """Write the intent ahead of the request."""
        self._number += 1
        entry: dict[str, JsonValue] = {
            "number": self._number,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "effect": intent.effect,
            "environment": intent.environment,
            "identity": intent.identity,
            "probe": intent.probe,
            "scenario": intent.scenario,
            "purpose": intent.purpose,
            **what,
        }
        if intent.leaves:
            self._ways_back |= {(left.undo_method, left.undo_url) for left in intent.leaves if left.removable}
            entry["leaves"] = [
                {name: getattr(left, name) for name in left.__dataclass_fields__} for left in intent.leaves
            ]
        self._journal.write("intent", entry, durable=intent.effect in _MUST_SURVIVE_POWER_LOSS)
        return self._number


def _by_environment(intent: ProcessIntent) -> tuple[ProcessIntent, ...]:
    """The intent as each environment that it serves has to allow it."""
    further = (replace(intent, environment=name, reserves=hosts) for name, hosts in intent.elsewhere.items())
    return (intent, *further)


def _reserved(shares: Iterable[ProcessIntent]) -> Counter[str]:
    """Connections of each host, over all environments."""
    reserved: Counter[str] = Counter()
    for share in shares:
        reserved.update(share.reserves)
    return reserved


def _as_sent(intent: HttpIntent, host: str) -> dict[str, JsonValue]:
    """The request as the journal has it; `anonymous` counts against the cap of requests without a valid token."""
    return {
        "method": intent.method,
        "url": intent.shown_url or intent.url,
        "host": host,
        "anonymous": _counts_as_refusal(intent),
    }


def _counts_as_refusal(intent: HttpIntent) -> bool:
    """True for what a sound platform refuses: its operator may ban an address that asks so too often."""
    return not (isinstance(intent.credential, IdentityCredential) and intent.credential.scheme == "Token")


def _status(outcome: HttpOutcome) -> JsonValue:
    return outcome.status if isinstance(outcome, Exchange) else outcome.kind
