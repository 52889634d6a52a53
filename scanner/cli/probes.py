"""Every probe of every witness, by hand, in the order in which a dry run shows them."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from checks.checklist.loader import controls
from scanner.attestation.probe import AttestationProbe
from scanner.cloud.checkov import CheckovSettings
from scanner.cloud.probe import DeclaredCloudProbe
from scanner.history.probe import CadenceProbe, ReadCadence
from scanner.model.witness import Witness
from scanner.probe import LaterProbes, Probe
from scanner.tls.probe import TlsProbe

# those with a probe
WITNESSES: Final = (Witness.TLS, Witness.PROTOCOL, Witness.CLOUD_DECLARED, Witness.LOGS, Witness.ATTESTATION)


def all_probes(tls_profile: str, read_cadence: ReadCadence | None = None) -> tuple[Probe, ...]:
    """The probes of a run; `tls_profile` is what servers are judged by, `read_cadence` None: no history is asked."""
    tls, *others = first_probes(tls_profile, read_cadence)
    return (tls, *PROTOCOL.load(), *others)


def first_probes(tls_profile: str, read_cadence: ReadCadence | None = None) -> tuple[Probe, ...]:
    """Those that begin at once: tools and programs of their own work on their own while `PROTOCOL` is loaded."""
    cloud = DeclaredCloudProbe(CheckovSettings(policies=_policies()))
    return (TlsProbe(tls_profile), cloud, CadenceProbe(read_cadence), AttestationProbe(attested_items()))


def _protocol_probes() -> tuple[Probe, ...]:
    from scanner.ocpi.probes import PROBES  # noqa: PLC0415 - see `first_probes`

    return PROBES


PROTOCOL: Final = LaterProbes(witness=Witness.PROTOCOL, load=_protocol_probes)


def attested_items() -> Mapping[str, frozenset[str]]:
    """The rows that take attestations, with the names of the items of each."""
    return {row.id: frozenset(one.item for one in row.attestations) for row in controls() if row.attestations}


def _policies() -> tuple[Path, ...]:
    """The folder of our own policies, found but not imported: only Checkov may load them."""
    checks = find_spec("checks")
    places = checks.submodule_search_locations if checks else None
    return tuple(Path(place) / "policies" for place in places or ())
