"""Witness: a kind of evidence, named by where it was looked."""

from enum import StrEnum


class Witness(StrEnum):
    """Who saw it."""

    TLS = "tls"
    PROTOCOL = "protocol"
    CLOUD_DECLARED = "cloud-declared"
    CLOUD_LIVE = "cloud-live"
    RECORDS = "records"
    LOGS = "logs"
    ATTESTATION = "attestation"
