"""Every check, by hand: the list has an order, mypy sees it, and importing it does nothing."""

from typing import Any, Final

from checks.families import (
    cloud_edge,
    cloud_exposure,
    cloud_secrets,
    cloud_security_groups,
    ocpi_access,
    ocpi_contract,
    ocpi_disclosure,
    ocpi_headers,
    ocpi_pagination,
    ocpi_refusal_status,
    ocpi_schema,
    ocpi_tenancy,
    ocpi_token_place,
    ocpi_tracing,
    ocpi_transport,
    tls_certificate,
    tls_certificate_strength,
    tls_features,
    tls_flaws,
    tls_key_exchange,
    tls_negotiation,
    tls_transport,
)
from checks.model.check import Check

CATALOG: Final[tuple[Check[Any], ...]] = (
    *tls_transport.CHECKS,
    *tls_negotiation.CHECKS,
    *tls_key_exchange.CHECKS,
    *tls_certificate.CHECKS,
    *tls_certificate_strength.CHECKS,
    *tls_features.CHECKS,
    *tls_flaws.CHECKS,
    *ocpi_access.CHECKS,
    *ocpi_token_place.CHECKS,
    *ocpi_refusal_status.CHECKS,
    *ocpi_transport.CHECKS,
    *ocpi_tenancy.CHECKS,
    *ocpi_contract.CHECKS,
    *ocpi_pagination.CHECKS,
    *ocpi_schema.CHECKS,
    *ocpi_disclosure.CHECKS,
    *ocpi_headers.CHECKS,
    *ocpi_tracing.CHECKS,
    *cloud_edge.CHECKS,
    *cloud_exposure.CHECKS,
    *cloud_secrets.CHECKS,
    *cloud_security_groups.CHECKS,
)
