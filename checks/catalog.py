"""Every check, by hand: the list has an order, mypy sees it, and importing it does nothing."""

from typing import Any, Final

from checks.families import tls_certificate, tls_features, tls_negotiation, tls_transport
from checks.model.check import Check

CATALOG: Final[tuple[Check[Any], ...]] = (
    *tls_transport.CHECKS,
    *tls_negotiation.CHECKS,
    *tls_certificate.CHECKS,
    *tls_features.CHECKS,
)
