"""Intent: a request as it is declared to the gate, before anything is sent.

The gate adds the credentials token itself; a probe never holds one, and names only *whose* it wants to be sent.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec
from msgspec import structs

from scanner.model.credential import (
    Credential,
    CredentialsBody,
    IdentityCredential,
    MadeUpCredential,
    MisplacedCredential,
    ShownCertificate,
)
from scanner.model.delivery import Delivery
from scanner.model.effect import Effect
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.party import Party
from scanner.model.served import Speaks

__all__ = [
    "AwsIntent",
    "Credential",
    "DnsIntent",
    "HttpIntent",
    "IdentityCredential",
    "Intent",
    "ListenIntent",
    "MadeUpCredential",
    "MisplacedCredential",
    "PlannedRequest",
    "ProcessIntent",
    "RawIntent",
    "ServeIntent",
]


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What every request declares: its true effect, where, as whom, and why (a few words for journal and dry run)."""

    effect: Effect
    environment: str
    probe: str
    purpose: str
    identity: str | None = None
    scenario: str | None = None
    leaves: tuple[Leftover, ...] = ()


class HttpIntent(Intent, frozen=True, kw_only=True):
    """One request, one response; redirects are never followed below the probe.

    `headers` must not hold Authorization. What is not a read names its OCPI `module` and every party in `owners` whose
    object it touches; `evse` is the hardware that an `actuate` request moves, and `begun_with` the mark of the command
    of ours that began the session which it stops there. `verify_tls=False` is allowed only without a real credential.
    `shown_url` stands in the journal where the path holds an id that names a driver.
    `patient=False` asks for the first answer, whatever `Retry-After` says. Requests that name one `connection` share
    exactly one kept-alive connection to their origin, which no other request uses, one after the other.
    `expects_errors`: the message is malformed on purpose, so that a server error to it does not mean that the target
    goes down. `address` is one of those that the name was pinned to; None: any. `delivery`: the body does not get there
    whole; never of a registration, and more than was declared goes to loopback alone. `certificate`: which client
    certificate is shown; another than our own never goes with a real credential. `answers_command`: the result of a
    command that the target sent us, at the `response_url` that it named.
    """

    method: str
    url: str
    credential: Credential = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes | CredentialsBody | None = None
    module: str | None = None
    owners: frozenset[Party] = frozenset()
    evse: str | None = None
    begun_with: str | None = None
    answers_command: bool = False
    verify_tls: bool = True
    certificate: ShownCertificate = ShownCertificate.OWN
    shown_url: str | None = None
    patient: bool = True
    connection: str | None = None
    address: str | None = None
    expects_errors: bool = False
    delivery: Delivery | None = None
    max_body_bytes: int | None = None
    timeout_s: float | None = None


class RawIntent(Intent, frozen=True, kw_only=True):
    """A raw TCP connection (over TLS where `tls`), for what no client library will send; carries no real token.

    With effect `read` it may ask by GET, HEAD or OPTIONS only. `timeout_s` bounds each step, `deadline_s` the whole.
    `asks=False`: not even a request is made (a handshake alone), so it does not count as one without a valid token.
    `address` is one of those that the name was pinned to; None: the first. `misframed`: messages whose length
    two servers may read differently; burst only, and never beyond loopback.
    """

    host: str
    port: int
    tls: bool = False
    misframed: bool = False
    asks: bool = True
    address: str | None = None
    timeout_s: float = 10.0
    deadline_s: float = 60.0
    max_bytes: int = 65_536


class DnsIntent(Intent, frozen=True, kw_only=True):
    """Resolve one name to its addresses (A and AAAA)."""

    name: str


class ProcessIntent(Intent, frozen=True, kw_only=True):
    """Run a program of ours or a borrowed tool; what it will send is reserved from the hosts' budgets first.

    `environment_variables` is the whole environment of the child: nothing is inherited but what the gate's scrubbed
    base has (PATH, LANG, and a HOME and TMPDIR of its own). `reserves` maps a host to the connections it will get.
    A process that serves several environments names those of each further one in `elsewhere`, by environment.
    `niceness` (0 to 19) is how far it steps back for processes that the run waits for longer.
    """

    argv: tuple[str, ...]
    stdin: bytes | None = None
    working_directory: str | None = None
    environment_variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    reserves: Mapping[str, int] = msgspec.field(default_factory=dict)
    elsewhere: Mapping[str, Mapping[str, int]] = msgspec.field(default_factory=dict)
    timeout_s: float = 120.0
    max_output_bytes: int = 64 * 2**20
    memory_bytes: int | None = None
    niceness: int = 0

    def by_environment(self) -> "tuple[ProcessIntent, ...]":
        """The intent as each environment that it serves has to allow it: itself first."""
        further = (structs.replace(self, environment=name, reserves=hosts) for name, hosts in self.elsewhere.items())
        return (self, *further)

    def reserved(self) -> dict[str, int]:
        """Connections by host, over all environments."""
        total = Counter(self.reserves)
        for hosts in self.elsewhere.values():
            total.update(hosts)
        return dict(total)


class AwsIntent(Intent, frozen=True, kw_only=True):
    """Read-only calls of one AWS service in one region, with the credentials of a named profile or role."""

    service: str
    region: str
    profile: str | None = None
    role_arn: str | None = None


class ListenIntent(Intent, frozen=True, kw_only=True):
    """Wait for calls from the target: until `deadline_s` is over, for a call that carries `nonce`."""

    host: str
    port: int
    nonce: str
    deadline_s: float
    certificate_file: str | None = None
    key_file: str | None = None
    max_events: int = 1000


class ServeIntent(ListenIntent, frozen=True, kw_only=True):
    """Answer calls from the target, over TLS, as a platform of our own would.

    `origin` is how the target reaches it (None: https://localhost and the port that was taken). Only calls below
    `/{nonce}/` are answered. Tokens that were handed out as `identity` are known among the callers'. `answer_s` bounds
    one call, `max_answer_bytes` what it is answered. `speaks` other than modern is bait for clients that agree to it;
    `any_key` lets the certificate have a key that is too short.
    `takes_credentials`: what a caller hands in with a POST that shows the CREDENTIALS_TOKEN_A of an invitation is kept.
    `takes_commands`: results of commands that come with the token that was handed out last may be sent.
    """

    origin: str | None = None
    speaks: Speaks = Speaks.MODERN
    any_key: bool = False
    takes_credentials: bool = False
    takes_commands: bool = False
    answer_s: float = 20.0
    max_answer_bytes: int = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRequest:
    """A line of the dry run: what would be sent, how often at least and at most, and what it leaves behind."""

    probe: str
    effect: Effect
    environment: str
    what: str
    at_least: int = 1
    at_most: int = 1
    identity: str | None = None
    leaves: tuple[Leftover, ...] = ()
