"""Every fact type, by hand: the journal can store and read back what is listed here."""

from typing import Final

from scanner.model.facts.attestation import ATTESTATION_FACTS
from scanner.model.facts.cadence import CADENCE_FACTS
from scanner.model.facts.cloud import CLOUD_FACTS
from scanner.model.facts.ocpi.catalog import OCPI_FACT_TYPES
from scanner.model.facts.run import ContractInForce, ContractsAgreed, ScanTime
from scanner.model.facts.tls import TLS_FACTS

FACT_TYPES: Final[tuple[type, ...]] = (
    ScanTime,
    ContractInForce,
    ContractsAgreed,
    *TLS_FACTS,
    *OCPI_FACT_TYPES,
    *CLOUD_FACTS,
    *ATTESTATION_FACTS,
    *CADENCE_FACTS,
)
