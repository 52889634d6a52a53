"""What a server negotiates: versions, cipher suites and groups, read from sslyze's enumeration.

sslyze offers one suite a handshake. It files a handshake that timed out under "rejected"; here such a suite counts as
refused only where the whole version met silence while other versions were answered, else it is undecided.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from scanner.model.facts.tls import (
    CipherSuite,
    CipherSuites,
    EphemeralKey,
    ProtocolVersions,
    TlsVersion,
    VersionGroups,
)
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
_VERSION_NAMES: Final = {version.name: version for version in TlsVersion}
_FORWARD_SECRET: Final = ("ECDHE", "DHE", "ECDH_anon", "DH_anon")
_AEAD_MARKS: Final = ("_GCM", "_CCM", "_POLY1305")


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


class _Curve(msgspec.Struct):
    name: str


class _Curves(msgspec.Struct):
    supports_ecdh_key_exchange: bool
    supported_curves: list[_Curve] | None = None
    rejected_curves: list[_Curve] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Enumeration:
    """One version: the suites that were accepted, clearly refused, and that met silence."""

    accepted: tuple[CipherSuite, ...]
    refused: int
    silent: tuple[str, ...]

    @property
    def undecided(self) -> tuple[str, ...]:
        return self.silent if self.accepted or self.refused else ()


def protocol_versions(scan: ServerScan) -> ProtocolVersions:
    """Which versions the server can be brought to speak.

    Raises: NoAnswer if no version could be tried, or none was answered at all.
    """
    tried, failures = _enumerate(scan)
    if not any(e.accepted for e in tried.values()):
        raise next(iter(failures.values()), NoAnswer(Reason.NOT_EVALUATED, "sslyze negotiated no version at all"))
    return ProtocolVersions(
        accepted=tuple(v for v, e in tried.items() if e.accepted),
        refused=tuple(v for v, e in tried.items() if not e.accepted and not e.undecided),
        undecided=tuple(v for v in TlsVersion if v in failures or (not tried[v].accepted and tried[v].undecided)),
    )


def cipher_suites(scan: ServerScan) -> CipherSuites:
    """Every suite that the server accepts in any version.

    Raises: NoAnswer as `protocol_versions`.
    """
    tried, failures = _enumerate(scan)
    if not any(e.accepted for e in tried.values()):
        raise next(iter(failures.values()), NoAnswer(Reason.NOT_EVALUATED, "sslyze negotiated no suite at all"))
    return CipherSuites(
        accepted=tuple(suite for e in tried.values() for suite in e.accepted),
        offered=sum(len(e.accepted) + e.refused + len(e.silent) for e in tried.values()),
        undecided=tuple(f"{v} {name}" for v, e in tried.items() for name in e.undecided),
        versions_missing=tuple(failures),
    )


def highest_version(scan: ServerScan) -> TlsVersion:
    """The highest version that the server speaks, in which sslyze tries the groups.

    Raises: NoAnswer if the server was not reached, or sslyze names none that we know.
    """
    if scan.no_connection is not None:
        raise scan.no_connection
    if (scan.highest_version or "") not in _VERSION_NAMES:
        raise NoAnswer(Reason.UNPARSABLE, f"sslyze names no version for the groups: {scan.highest_version!r}")
    return _VERSION_NAMES[scan.highest_version or ""]


def groups_of_highest(scan: ServerScan) -> VersionGroups:
    """The groups that the server accepts for ECDHE in its highest version, where sslyze offers each alone.

    Raises: NoAnswer if sslyze could not try them.
    """
    curves = scan.answer("elliptic_curves", _Curves)
    return VersionGroups(
        version=highest_version(scan),
        accepted=tuple(curve.name for curve in curves.supported_curves or ()),
        refused=tuple(curve.name for curve in curves.rejected_curves or ()),
    )


def _enumerate(scan: ServerScan) -> tuple[dict[TlsVersion, _Enumeration], dict[TlsVersion, NoAnswer]]:
    tried: dict[TlsVersion, _Enumeration] = {}
    failures: dict[TlsVersion, NoAnswer] = {}
    for version, command in COMMANDS.items():
        try:
            tried[version] = _enumeration(version, scan.answer(command, _Suites))
        except NoAnswer as failure:
            failures[version] = failure
    return tried, failures


def _enumeration(version: TlsVersion, suites: _Suites) -> _Enumeration:
    silent = tuple(r.cipher_suite.name for r in suites.rejected_cipher_suites if "timed out" in r.error_message)
    return _Enumeration(
        accepted=tuple(_suite(version, accepted) for accepted in suites.accepted_cipher_suites),
        refused=len(suites.rejected_cipher_suites) - len(silent),
        silent=silent,
    )


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
