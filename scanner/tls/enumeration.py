"""sslyze's enumeration: one suite a handshake, in every version. Which were refused, and which merely did not come up?

sslyze files all of these under "rejected": an alert, a connection that was broken off, a handshake that timed out. A
server refuses in one way, in each version: by alerts, or by breaking off; by silence only where the whole version meets
it. Whatever else becomes of a handshake proves nothing. Where that is more than chance (a limit on connections, a
firewall that loses patience), nothing that was broken off counts as refused.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any, Final

import msgspec

from scanner.model.facts.tls import CipherSuite, EphemeralKey, TlsVersion
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.tls.sslyze_document import NoAnswer, ServerScan

COMMANDS: Final[Mapping[TlsVersion, str]] = {
    TlsVersion.SSL_2_0: "ssl_2_0_cipher_suites",
    TlsVersion.SSL_3_0: "ssl_3_0_cipher_suites",
    TlsVersion.TLS_1_0: "tls_1_0_cipher_suites",
    TlsVersion.TLS_1_1: "tls_1_1_cipher_suites",
    TlsVersion.TLS_1_2: "tls_1_2_cipher_suites",
    TlsVersion.TLS_1_3: "tls_1_3_cipher_suites",
}
_FORWARD_SECRET: Final = ("ECDHE", "DHE", "ECDH_anon", "DH_anon")
_AEAD_MARKS: Final = ("_GCM", "_CCM", "_POLY1305")
# Of all handshakes. A single one may be lost anywhere; each of the features is asked for by one or two.
_STEADY: Final = 1 / 50
_LIMITED: Final = "does it limit connections?"
_TOO_OLD: Final = "does it ask for what the OpenSSL 1.0.2 of sslyze lacks (X25519, EdDSA, ChaCha20)?"
_NO_LONGER_THERE: Final = frozenset({Reason.UNREACHABLE, Reason.TIMED_OUT})


class _Way(Enum):
    """How a handshake was refused. `ANSWERED`: in another version, or by what is no TLS."""

    ALERT = auto()
    ANSWERED = auto()
    RESET = auto()
    HUNG_UP = auto()
    SILENT = auto()


_ALERT: Final = "TLS alert"
_WAYS: Final = {  # all others but alerts are answers
    "Server rejected the connection": _Way.RESET,
    "Server interrupted the TLS handshake": _Way.HUNG_UP,
    "Server closed the connection during the TLS handshake": _Way.HUNG_UP,
    "Connection to server timed out during the TLS handshake": _Way.SILENT,
}


class _Suite(msgspec.Struct):
    name: str
    openssl_name: str
    key_size: int
    is_anonymous: bool


class _Ephemeral(msgspec.Struct):
    size: int
    curve_name: str | None = None


class _Accepted(msgspec.Struct):
    cipher_suite: _Suite
    ephemeral_key: _Ephemeral | None = None


class _Rejected(msgspec.Struct):
    cipher_suite: _Suite
    error_message: str


class _Suites(msgspec.Struct):
    accepted_cipher_suites: list[_Accepted]
    rejected_cipher_suites: list[_Rejected]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTried:
    """One version: the suites that were accepted, and the names of those that were refused, by the way of it."""

    accepted: tuple[CipherSuite, ...]
    rejected: Mapping[_Way, tuple[str, ...]]

    @property
    def offered(self) -> int:
        """Handshakes made."""
        return len(self.accepted) + sum(map(len, self.rejected.values()))

    @property
    def broken_off(self) -> tuple[str, ...]:
        """Suites whose handshake was broken off, whatever that means."""
        return self._of(_Way.RESET, _Way.HUNG_UP)

    @property
    def refused_by_alerts(self) -> bool:
        """Each by one: who limits connections says nothing."""
        return len(self._of(_Way.ALERT)) == self.offered

    @property
    def odd(self) -> tuple[str, ...]:
        """Suites that were not refused in the way of this server."""
        return self._of(*(way for way in self.rejected if way not in {self._way, _Way.ALERT, _Way.ANSWERED}))

    @property
    def _way(self) -> _Way:
        if self._of(_Way.ALERT):
            return _Way.ALERT
        broken = max((_Way.RESET, _Way.HUNG_UP), key=lambda way: len(self._of(way)))
        return broken if self.accepted or self._of(broken, _Way.ANSWERED) else _Way.SILENT

    def _of(self, *ways: _Way) -> tuple[str, ...]:
        return tuple(name for way in ways for name in self.rejected.get(way, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """The versions that could be tried, and why the others could not. `unsteady`: why no refusal of it counts."""

    tried: Mapping[TlsVersion, VersionTried]
    failures: Mapping[TlsVersion, NoAnswer]
    unsteady: NoAnswer | None

    @property
    def accepted(self) -> tuple[CipherSuite, ...]:
        """Suites of all versions.

        Raises: NoAnswer if there is none.
        """
        found = tuple(suite for one in self.tried.values() for suite in one.accepted)
        if not found:
            none = NoAnswer(Reason.NOT_EVALUATED, "sslyze negotiated no version at all")
            raise self.unsteady or next(iter(self.failures.values()), none)
        return found

    def undecided(self, version: TlsVersion) -> tuple[str, ...]:
        """Suites of a version that was tried, which the server neither accepted nor clearly refused."""
        tried = self.tried[version]
        return tuple(dict.fromkeys((*tried.odd, *(tried.broken_off if self.unsteady else ()))))


def enumeration(scan: ServerScan) -> Enumeration:
    """What sslyze tried."""
    tried: dict[TlsVersion, VersionTried] = {}
    failures: dict[TlsVersion, NoAnswer] = {}
    for version, command in COMMANDS.items():
        try:
            tried[version] = _tried(version, scan.answer(command, _Suites))
        except NoAnswer as failure:
            failures[version] = failure
    return Enumeration(
        tried=tried, failures=failures, unsteady=_unsteady(scan, tried, (*failures.values(), *_certificates(scan)))
    )


def _unsteady(
    scan: ServerScan, tried: Mapping[TlsVersion, VersionTried], failures: Iterable[NoAnswer]
) -> NoAnswer | None:
    """Where connections ended that had come up before, too many handshakes ended oddly, or all of the best version."""
    if scan.no_connection is not None:
        return None  # it never came up: there is nothing to doubt
    offered = sum(one.offered for one in tried.values())
    lost = sum(len(one.odd) for one in tried.values())
    met = next((one for version, one in tried.items() if version.name == scan.highest_version), None)
    why = _LIMITED
    if cut := next((one for one in failures if one.reason in _NO_LONGER_THERE), None):
        said = cut.detail
    elif met and not met.accepted:
        said = f"the server took a handshake in its highest version, and then none of {met.offered}"
        why = _TOO_OLD if met.refused_by_alerts else why
    elif lost > offered * _STEADY:
        said = f"the server broke off {lost} of {offered} handshakes, or left them unanswered, where it answers others"
    else:
        return None
    return NoAnswer(Reason.CONTROL_FAILED, f"{said}; what it refuses is not known: {why}")


def _certificates(scan: ServerScan) -> Iterable[NoAnswer]:
    """Why the usual handshakes, for the certificates, did not come up; by an alert a server may refuse those, too."""
    try:
        scan.answer("certificate_info", dict[str, Any])
    except NoAnswer as none:
        if _ALERT not in none.detail:
            yield none


def _tried(version: TlsVersion, suites: _Suites) -> VersionTried:
    return VersionTried(
        accepted=tuple(_suite(version, accepted) for accepted in suites.accepted_cipher_suites),
        rejected=_by_way(suites.rejected_cipher_suites),
    )


def _by_way(rejected: Iterable[_Rejected]) -> Mapping[_Way, tuple[str, ...]]:
    found: dict[_Way, tuple[str, ...]] = {}
    for one in rejected:
        answer = _Way.ALERT if one.error_message.startswith(_ALERT) else _Way.ANSWERED
        way = _WAYS.get(one.error_message, answer)
        found[way] = (*found.get(way, ()), one.cipher_suite.name)
    return found


def _suite(version: TlsVersion, accepted: _Accepted) -> CipherSuite:
    suite, share = accepted.cipher_suite, accepted.ephemeral_key
    exchange = _key_exchange(version, suite.name)
    return CipherSuite(
        version=version,
        name=suite.name,
        openssl_name=suite.openssl_name,
        key_exchange=exchange,
        key_bits=suite.key_size,
        anonymous=suite.is_anonymous,
        forward_secret=exchange.startswith(("ANY_", *_FORWARD_SECRET)),
        aead=any(mark in suite.name for mark in _AEAD_MARKS),
        ephemeral_key=EphemeralKey(group=share.curve_name, bits=share.size) if share else None,
    )


def _key_exchange(version: TlsVersion, name: str) -> str:
    """`ECDHE_RSA` of `TLS_ECDHE_RSA_WITH_...`; the suites of TLS 1.3 do not name theirs, SSL 2.0 has only RSA."""
    if version is TlsVersion.TLS_1_3:
        return "ANY_ECDHE_OR_DHE"
    if version is TlsVersion.SSL_2_0:
        return "RSA"
    return name.partition("_WITH_")[0].removeprefix("TLS_")
