"""Requests as API Gateway hands them to the authoriser."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

from infra.authoriser.certificates import ClientCertificate

ARN: Final = "arn:aws:execute-api:eu-central-1:123456789012:api1/ocpi/GET/ocpi/versions"
_DER: Final = bytes(range(256)) * 3  # what is inside is the gateway's business
PEM: Final = (
    f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(_DER).decode()}-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\nb3RoZXI=\n-----END CERTIFICATE-----\n"
)
CERTIFICATE: Final = ClientCertificate(
    "CN=ocpi.alpenstrom.example,O=Alpenstrom", "CN=Partner CA", hashlib.sha256(_DER).hexdigest()
)


def gateway_event(token: str, certificate: ClientCertificate | None = CERTIFICATE, pem: str = PEM) -> dict[str, Any]:
    """A GET of the versions. The gateway adds serial number and validity."""
    shown = None if certificate is None else {
        "clientCertPem": pem, "subjectDN": certificate.subject, "issuerDN": certificate.issuer,
        "serialNumber": "1",
        "validity": {"notBefore": "May 28 12:30:02 2024 GMT", "notAfter": "Aug  5 09:36:04 2032 GMT"},
    }  # fmt: skip
    identity = {"sourceIp": "192.0.2.1"} | ({"clientCert": shown} if shown else {})
    return {
        "type": "REQUEST", "methodArn": ARN, "requestContext": {"identity": identity},
        "multiValueHeaders": {"Authorization": ["Token " + base64.b64encode(token.encode()).decode()]},
    }  # fmt: skip
