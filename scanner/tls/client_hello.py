"""A ClientHello of TLS 1.0 to 1.2, as bytes (RFC 5246, section 7.4.1.2; RFC 8422): for what sslyze does not ask."""

import ipaddress
import os
import struct
from collections.abc import Iterable, Sequence
from typing import Final

from scanner.model.facts.tls import TlsVersion
from scanner.model.late_dataclass import dataclass

WIRE_VERSIONS: Final = {TlsVersion.TLS_1_0: 0x0301, TlsVersion.TLS_1_1: 0x0302, TlsVersion.TLS_1_2: 0x0303}
EXTENDED_MASTER_SECRET: Final = 23  # RFC 7627, section 5.1
# IANA, TLS supported groups 1 to 30, weakest first: servers that follow the client's order show their worst.
GROUPS: Final = {
    "secp160k1": 15, "secp160r1": 16, "secp160r2": 17, "sect163k1": 1, "sect163r1": 2, "sect163r2": 3,
    "secp192k1": 18, "secp192r1": 19, "sect193r1": 4, "sect193r2": 5, "secp224k1": 20, "secp224r1": 21,
    "sect233k1": 6, "sect233r1": 7, "sect239k1": 8, "sect283k1": 9, "sect283r1": 10, "sect409k1": 11,
    "sect409r1": 12, "sect571k1": 13, "sect571r1": 14, "secp256k1": 22, "brainpoolP256r1": 26,
    "brainpoolP384r1": 27, "brainpoolP512r1": 28, "secp256r1": 23, "secp384r1": 24, "secp521r1": 25,
    "X25519": 29, "X448": 30,
}  # fmt: skip
ECDHE_ECDSA: Final = (0xC02B, 0xC02C, 0xCCA9, 0xC0AC, 0xC0AD, 0xC023, 0xC024, 0xC009, 0xC00A, 0xC008, 0xC007)
ECDHE: Final = (*ECDHE_ECDSA, 0xC02F, 0xC030, 0xCCA8, 0xC027, 0xC028, 0xC013, 0xC014, 0xC012, 0xC011)
ALL_SUITES: Final = (
    *ECDHE,
    *(0x009E, 0x009F, 0xCCAA, 0x0067, 0x006B, 0x0033, 0x0039, 0x0016),  # DHE_RSA
    *(0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035, 0x000A, 0x0005),  # RSA
)
_RENEGOTIATION_SCSV: Final = 0x00FF  # RFC 5746, section 3.3
_SIGNATURES: Final = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808),  # ECDSA and EdDSA
    *(0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601),  # RSA, also of keys for PSS alone
    *(0x0203, 0x0201),  # SHA-1, for old servers
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a hello offers; `groups` are names of `GROUPS`, the others numbers of IANA."""

    suites: Sequence[int]
    groups: Sequence[str] = tuple(GROUPS)
    signatures: Sequence[int] = _SIGNATURES


def client_hello(version: TlsVersion, host: str, offer: Offer) -> bytes:
    """One record with the hello. It asks for the extended master secret."""
    offered = struct.pack(f"!{len(offer.suites) + 1}H", *offer.suites, _RENEGOTIATION_SCSV)
    extensions = b"".join(_extensions(version, host, offer))
    body = struct.pack("!H", WIRE_VERSIONS[version]) + os.urandom(32) + b"\0" + _long(offered) + b"\x01\0"
    body += _long(extensions)
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack("!BHH", 22, 0x0301, len(handshake)) + handshake


def _extensions(version: TlsVersion, host: str, offer: Offer) -> Iterable[bytes]:
    numbers = [GROUPS[name] for name in offer.groups]
    if not _is_address(host):
        yield _extension(0, _long(b"\0" + _long(host.encode("ascii"))))  # RFC 6066, section 3: no addresses
    yield _extension(10, _long(struct.pack(f"!{len(numbers)}H", *numbers)))
    yield _extension(11, b"\x01\0")  # uncompressed points only
    if version is TlsVersion.TLS_1_2:
        yield _extension(13, _long(struct.pack(f"!{len(offer.signatures)}H", *offer.signatures)))
    yield _extension(EXTENDED_MASTER_SECRET, b"")


def _extension(number: int, data: bytes) -> bytes:
    return struct.pack("!H", number) + _long(data)


def _long(data: bytes) -> bytes:
    return struct.pack("!H", len(data)) + data


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
