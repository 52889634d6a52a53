"""Every probe of every witness, by hand, in the order in which a dry run shows them."""

from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanner.cloud.checkov import CheckovSettings
from scanner.cloud.probe import DeclaredCloudProbe
from scanner.model.witness import Witness
from scanner.probe import LaterProbes, Probe
from scanner.tls.probe import TlsProbe

if TYPE_CHECKING:
    from scanner.history.probe import ReadCadence

# those with a probe
WITNESSES: Final = (Witness.TLS, Witness.PROTOCOL, Witness.CLOUD_DECLARED, Witness.LOGS, Witness.ATTESTATION)
_LATER: Final = frozenset({Witness.PROTOCOL, Witness.LOGS, Witness.ATTESTATION})


def all_probes(tls_profile: str, read_cadence: "ReadCadence | None" = None) -> tuple[Probe, ...]:
    """The probes of a run; `tls_profile` is what servers are judged by, `read_cadence` None: no history is asked."""
    return (*first_probes(tls_profile), *later_probes(read_cadence).load())


def first_probes(tls_profile: str) -> tuple[Probe, ...]:
    """Those that begin at once: tools and programs of their own work on their own while the others are loaded."""
    return (TlsProbe(tls_profile), DeclaredCloudProbe(CheckovSettings(policies=_policies())))


def later_probes(read_cadence: "ReadCadence | None" = None) -> LaterProbes:
    """All others; `read_cadence` as `all_probes` has it."""
    return LaterProbes(witnesses=_LATER, load=partial(_others, read_cadence))


def _others(read_cadence: "ReadCadence | None") -> tuple[Probe, ...]:
    from scanner.attestation.probe import AttestationProbe  # noqa: PLC0415 - see `first_probes`
    from scanner.history.probe import CadenceProbe  # noqa: PLC0415 - as above
    from scanner.ocpi.probes import PROBES  # noqa: PLC0415 - as above

    return (*PROBES, CadenceProbe(read_cadence), AttestationProbe(attested_items()))


def attested_items() -> Mapping[str, frozenset[str]]:
    """The rows that take attestations, with the names of the items of each."""
    from checks.checklist.loader import controls  # noqa: PLC0415 - see `first_probes`

    return {row.id: frozenset(one.item for one in row.attestations) for row in controls() if row.attestations}


def _policies() -> tuple[Path, ...]:
    """The folder of our own policies, found but not imported: only Checkov may load them."""
    checks = find_spec("checks")
    places = checks.submodule_search_locations if checks else None
    return tuple(Path(place) / "policies" for place in places or ())
