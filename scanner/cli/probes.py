"""Every probe of every witness, by hand, in the order in which a dry run shows them."""

from scanner.ocpi.probes import PROBES as PROTOCOL_PROBES
from scanner.probe import Probe
from scanner.tls.probe import TlsProbe


def all_probes(tls_profile: str) -> tuple[Probe, ...]:
    """The probes of a run; `tls_profile` is what servers are judged by."""
    return (TlsProbe(tls_profile), *PROTOCOL_PROBES)
