"""The probes of the protocol witness, by hand."""

from typing import Final

from scanner.ocpi.access import AccessProbe
from scanner.ocpi.depth.probe import DeepReadProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.errors import ErrorsProbe
from scanner.ocpi.misplaced import MisplacedTokenProbe
from scanner.ocpi.mutation.probe import MutationProbe
from scanner.ocpi.pages import PagesProbe
from scanner.ocpi.tenancy import TenancyProbe
from scanner.probe import Probe

PROBES: Final[tuple[Probe, ...]] = (
    DiscoveryProbe(),
    AccessProbe(),
    MisplacedTokenProbe(),
    PagesProbe(),
    TenancyProbe(),
    ErrorsProbe(),
    DeepReadProbe(),
    MutationProbe(),
)
