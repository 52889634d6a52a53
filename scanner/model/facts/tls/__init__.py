"""Facts of the TLS witness: what a server negotiates, shows and says; a type for whatever can be missing alone.

Subject of all but two: the server (name, port, and the address where one name has several). `PlaintextAnswer` stands
on host and plaintext port, `TlsProfileChosen` on the environment.
"""

from typing import Final

from scanner.model.facts.tls.certificate import Certificate, CertificateChain, CertificateDeployments
from scanner.model.facts.tls.feature import (
    CcsInjection,
    EarlyData,
    FallbackScsv,
    Heartbleed,
    Renegotiation,
    Robot,
    RobotResult,
    TlsCompression,
)
from scanner.model.facts.tls.mutual import Admission, Caller, MutualTls
from scanner.model.facts.tls.negotiation import (
    CipherSuite,
    CipherSuites,
    EllipticGroups,
    EphemeralKey,
    ExtendedMasterSecret,
    ProtocolVersions,
    TlsVersion,
    UndecidedVersion,
    VersionGroups,
)
from scanner.model.facts.tls.server import DEFAULT_TLS_PROFILE, ServerAddresses, TlsProfileChosen
from scanner.model.facts.tls.transport import HstsPolicy, PlaintextAnswer, PlaintextOutcome

TLS_FACTS: Final[tuple[type, ...]] = (
    TlsProfileChosen,
    ServerAddresses,
    ProtocolVersions,
    CipherSuites,
    EllipticGroups,
    ExtendedMasterSecret,
    CertificateDeployments,
    TlsCompression,
    Renegotiation,
    Heartbleed,
    Robot,
    CcsInjection,
    FallbackScsv,
    EarlyData,
    PlaintextAnswer,
    HstsPolicy,
    MutualTls,
)

__all__ = [
    "DEFAULT_TLS_PROFILE",
    "TLS_FACTS",
    "Admission",
    "Caller",
    "CcsInjection",
    "Certificate",
    "CertificateChain",
    "CertificateDeployments",
    "CipherSuite",
    "CipherSuites",
    "EarlyData",
    "EllipticGroups",
    "EphemeralKey",
    "ExtendedMasterSecret",
    "FallbackScsv",
    "Heartbleed",
    "HstsPolicy",
    "MutualTls",
    "PlaintextAnswer",
    "PlaintextOutcome",
    "ProtocolVersions",
    "Renegotiation",
    "Robot",
    "RobotResult",
    "ServerAddresses",
    "TlsCompression",
    "TlsProfileChosen",
    "TlsVersion",
    "UndecidedVersion",
    "VersionGroups",
]
