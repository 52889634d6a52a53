"""The probes of the protocol witness, by hand."""

from typing import Final

from scanner.ocpi.access import AccessProbe
from scanner.ocpi.backends.probe import BackendsProbe
from scanner.ocpi.callbacks.probe import CallbacksProbe
from scanner.ocpi.commands.probe import CommandsProbe
from scanner.ocpi.connections.probe import ConnectionsProbe
from scanner.ocpi.contract.probe import ContractProbe
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.credentials.reading import CredentialsReadProbe
from scanner.ocpi.credentials.revocation import RevocationProbe
from scanner.ocpi.depth.probe import DeepReadProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.errors import ErrorsProbe
from scanner.ocpi.invitation.probe import InvitationProbe
from scanner.ocpi.misplaced import MisplacedTokenProbe
from scanner.ocpi.mutation.probe import MutationProbe
from scanner.ocpi.pages import PagesProbe
from scanner.ocpi.pulls.probe import PullsProbe
from scanner.ocpi.rogue.probe import RogueProbe
from scanner.ocpi.sent_commands.probe import SentCommandsProbe
from scanner.ocpi.strangers.probe import StrangerWritesProbe
from scanner.ocpi.stress.probe import StressProbe
from scanner.ocpi.tenancy import TenancyProbe
from scanner.ocpi.tokens.claims import TokenClaimsProbe
from scanner.ocpi.tokens.foreign import ForeignTokenProbe
from scanner.ocpi.tokens.guessing import TokenGuessingProbe
from scanner.ocpi.tokens.matching import TokenMatchingProbe
from scanner.ocpi.tokens.oracle import TokenOracleProbe
from scanner.ocpi.tokens.quality import TokenQualityProbe
from scanner.ocpi.transitions.probe import TransitionsProbe
from scanner.probe import Probe

_LOOKING: Final[tuple[Probe, ...]] = (
    DiscoveryProbe(),
    AccessProbe(),
    StrangerWritesProbe(),
    MisplacedTokenProbe(),
    PagesProbe(),
    TenancyProbe(),
    ErrorsProbe(),
    DeepReadProbe(),
    ContractProbe(),
    CredentialsReadProbe(),
    TokenQualityProbe(),
    TokenMatchingProbe(),
    TokenClaimsProbe(),
    TokenOracleProbe(),
    ForeignTokenProbe(),
    TransitionsProbe(),
    ConnectionsProbe(),
    CommandsProbe(),
    MutationProbe(),
    BackendsProbe(),
)
# It is refused, so it comes while a bootstrap token is still there.
_REFUSED: Final[tuple[Probe, ...]] = (*_LOOKING, RogueProbe(probe.name for probe in _LOOKING))
# It renews a registration, and leaves it whole.
_PULLED: Final[tuple[Probe, ...]] = (*_REFUSED, PullsProbe(probe.name for probe in _REFUSED))
# It replaces tokens that others speak with.
_REPLACING: Final[tuple[Probe, ...]] = (*_PULLED, RegistrationProbe(probe.name for probe in _PULLED))
# It registers a platform of its own, to which results come.
_CALLED: Final[tuple[Probe, ...]] = (*_REPLACING, CallbacksProbe(probe.name for probe in _REPLACING))
# It waits for an operator who has the target send us commands.
_COMMANDED: Final[tuple[Probe, ...]] = (*_CALLED, SentCommandsProbe(probe.name for probe in _CALLED))
# It waits for an operator who has the target register with us.
_INVITED: Final[tuple[Probe, ...]] = (*_COMMANDED, InvitationProbe(probe.name for probe in _COMMANDED))
# It waits for an operator who ends one.
_WAITING: Final[tuple[Probe, ...]] = (*_INVITED, RevocationProbe(probe.name for probe in _INVITED))
# A ban would blind whoever comes later.
_LOADING: Final[tuple[Probe, ...]] = (*_WAITING, StressProbe(probe.name for probe in _WAITING))
PROBES: Final[tuple[Probe, ...]] = (*_LOADING, TokenGuessingProbe(probe.name for probe in _LOADING))
