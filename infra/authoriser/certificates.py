"""The client certificate that came with a request, as API Gateway hands it over in mutual TLS mode.

The gateway has checked chain and dates against the trust store. It does not check revocation, and any certificate of
the store opens the handshake: who may use which token is decided here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Names as the gateway writes them; `fingerprint` is the SHA-256 of the DER form in hexadecimal."""

    subject: str
    issuer: str
    fingerprint: str


def presented_certificate(event: Mapping[str, Any]) -> ClientCertificate | None:
    """The certificate of an API Gateway request event; None when there is none that can be read."""
    found = ((event.get("requestContext") or {}).get("identity") or {}).get("clientCert") or {}
    try:
        return ClientCertificate(found["subjectDN"], found["issuerDN"], fingerprint_of(found["clientCertPem"]))
    except (KeyError, ValueError):
        return None


def fingerprint_of(pem: str) -> str:
    """SHA-256 of the first certificate in a PEM text. Raises ValueError when there is none."""
    _, begin, rest = pem.partition(_BEGIN)
    body, end, _ = rest.partition(_END)
    if not begin or not end:
        raise ValueError("no certificate in PEM form")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        raise ValueError("no certificate in PEM form") from None
    return hashlib.sha256(der).hexdigest()
