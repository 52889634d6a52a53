"""What readers call the frameworks that a row speaks to."""

from collections.abc import Mapping
from typing import Final

_NAMES: Final[Mapping[str, str]] = {
    "asvs5": "OWASP ASVS 5.0",
    "cis_aws5": "CIS AWS Foundations 5.0",
    "csf2": "NIST CSF 2.0",
    "cwe": "",  # its ids say it themselves
    "gdpr": "GDPR",
    "iec62443": "IEC 62443-3-3",
    "iso27001": "ISO/IEC 27001:2022 Annex A",
    "nis2": "NIS 2",
    "ocpi": "OCPI 2.3.0",
    "owasp_api": "OWASP API Top 10",
    "pci4": "PCI DSS 4.0.1",
    "rfc9325": "RFC 9325",
    "soc2": "SOC 2",
    "sp800_52": "NIST SP 800-52r2",
    "sp800_53": "NIST SP 800-53r5",
}


def framework(name: str) -> str:
    """The short name in a posture, for people; one that is not known here stays as it is."""
    return _NAMES.get(name, name)
