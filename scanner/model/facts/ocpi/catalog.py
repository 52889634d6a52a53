"""Every fact type of the protocol witness, by hand."""

from typing import Final

from scanner.model.facts.ocpi.access import (
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithQueryToken,
    AccessWithToken,
    AccessWithTokenInQuery,
    AccessWithTokenUnderBearer,
    AccessWithWrongToken,
)
from scanner.model.facts.ocpi.backends import BACKEND_FACTS
from scanner.model.facts.ocpi.callbacks import CALLBACK_FACTS
from scanner.model.facts.ocpi.commands import COMMAND_FACTS
from scanner.model.facts.ocpi.connections import CONNECTION_FACTS
from scanner.model.facts.ocpi.contract import CONTRACT_FACTS
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    BootstrapTokenAtModule,
    CredentialsExchanged,
    CredentialsShown,
    DoubtfulPartnersTried,
    FormerTokenAfterHalfway,
    FormerTokenAfterRenewal,
    HalfwayRenewalsTried,
    PartiesClaimed,
    RenewedUnderReads,
    TokenAfterEnd,
    TokenAfterRevocation,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.facts.ocpi.headers import HeadersObserved, RequestIdsEchoed
from scanner.model.facts.ocpi.invited import INVITED_FACTS
from scanner.model.facts.ocpi.mutation import MutantsTreated, ValidObjectProven
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.pages import PageObserved
from scanner.model.facts.ocpi.pulls import PULL_FACTS
from scanner.model.facts.ocpi.reads import READ_FACTS
from scanner.model.facts.ocpi.requests import REQUEST_FACTS, STARTED_FACTS
from scanner.model.facts.ocpi.rogue import ROGUE_FACTS
from scanner.model.facts.ocpi.sent_commands import SENT_COMMAND_FACTS
from scanner.model.facts.ocpi.strangers import STRANGER_FACTS
from scanner.model.facts.ocpi.stress import STRESS_FACTS
from scanner.model.facts.ocpi.tenancy import OwnersSeen, TenancyObserved
from scanner.model.facts.ocpi.tokens import TOKEN_FACTS
from scanner.model.facts.ocpi.transitions import RepetitionsTried, TransitionsTried
from scanner.model.facts.ocpi.urls import InterfaceUrls, ObjectUrls, RedirectsSeen
from scanner.model.facts.ocpi.versions import AuthorizationForm, EndpointsAdvertised, VersionsOffered

OCPI_FACT_TYPES: Final[tuple[type, ...]] = (
    VersionsOffered,
    EndpointsAdvertised,
    AuthorizationForm,
    InterfaceUrls,
    ObjectUrls,
    RedirectsSeen,
    AccessWithToken,
    AccessWithoutToken,
    AccessWithWrongToken,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithQueryToken,
    AccessWithTokenUnderBearer,
    AccessWithTokenInQuery,
    PageObserved,
    ObjectsValidated,
    HeadersObserved,
    RequestIdsEchoed,
    OwnersSeen,
    TenancyObserved,
    ErrorAnswer,
    ValidObjectProven,
    MutantsTreated,
    TransitionsTried,
    RepetitionsTried,
    CredentialsShown,
    BootstrapTokenAtModule,
    WrongStateCall,
    CredentialsExchanged,
    BootstrapTokenAfterUse,
    FormerTokenAfterRenewal,
    TokenAfterEnd,
    TokenAfterRevocation,
    TokensGiven,
    DoubtfulPartnersTried,
    HalfwayRenewalsTried,
    FormerTokenAfterHalfway,
    RenewedUnderReads,
    PartiesClaimed,
    *READ_FACTS,
    *CONTRACT_FACTS,
    *CONNECTION_FACTS,
    *STRANGER_FACTS,
    *COMMAND_FACTS,
    *CALLBACK_FACTS,
    *REQUEST_FACTS,
    *STARTED_FACTS,
    *TOKEN_FACTS,
    *ROGUE_FACTS,
    *STRESS_FACTS,
    *BACKEND_FACTS,
    *PULL_FACTS,
    *INVITED_FACTS,
    *SENT_COMMAND_FACTS,
)
