"""Faults of the connection: what can be spoken, and on which port."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import Final

from infra.service.deployment.certificate_plan import KeyKind
from infra.service.faults.fault import Fault
from infra.service.listener import ListenerOptions

_CBC_WITH_SHA1: Final = "ECDHE+AES+SHA1"
_RSA_KEY_TRANSPORT: Final = "AES128-SHA:AES256-SHA:AES128-GCM-SHA256"
_LEGACY_LEVEL: Final = 0  # OpenSSL signs SHA-1 handshakes at level 0 only


def _weak_tls(options: ListenerOptions) -> ListenerOptions:
    return replace(
        options,
        minimum_version=ssl.TLSVersion.TLSv1,
        legacy_ciphers=_CBC_WITH_SHA1,
        security_level=_LEGACY_LEVEL,
    )


def _weak_cipher_suites(options: ListenerOptions) -> ListenerOptions:
    return replace(
        options,
        ciphers=f"{options.ciphers}:{_CBC_WITH_SHA1}:{_RSA_KEY_TRANSPORT}",
        extra_keys=(*options.extra_keys, KeyKind.RSA_2048),
    )


def _client_renegotiation(options: ListenerOptions) -> ListenerOptions:
    return replace(options, client_renegotiation=True)


def _plaintext_listener(options: ListenerOptions) -> ListenerOptions:
    return replace(options, plaintext=True)


FAULTS: Final = (
    Fault(name="weak-tls", summary="TLS 1.0 and 1.1 are accepted", wrap_listener=_weak_tls),
    Fault(
        name="weak-cipher-suites",
        summary="TLS 1.2 with CBC suites and with RSA key transport is accepted",
        wrap_listener=_weak_cipher_suites,
    ),
    Fault(
        name="client-renegotiation",
        summary="clients may renegotiate a TLS 1.2 connection as often as they like",
        wrap_listener=_client_renegotiation,
    ),
    Fault(
        name="plaintext-listener",
        summary="OCPI is answered over http on a second port",
        wrap_listener=_plaintext_listener,
    ),
)
