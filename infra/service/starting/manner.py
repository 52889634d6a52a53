"""How a registration is started: its parts, each to be exchanged for another one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from infra.service.call import Call
from infra.service.credentials_token import CredentialsToken
from infra.service.modules.claimed_roles import our_credentials
from infra.service.modules.dialect import Dialect
from infra.service.starting.offered import OfferedTokens

OurCredentials = Callable[[Call, Dialect, CredentialsToken], dict[str, object]]
AfterFailure = Callable[[Call, CredentialsToken], Awaitable[None]]
NextToken = Callable[[CredentialsToken, CredentialsToken], CredentialsToken]


async def _nothing_changes(_call: Call, _offered: CredentialsToken) -> None:
    """What was valid before still is."""


def _answered(answered: CredentialsToken, _agreed: CredentialsToken) -> CredentialsToken:
    return answered


@dataclass(frozen=True, slots=True, kw_only=True)
class StartManner:
    """The defaults are what a deployment gets; faults replace some of them.

    `goes_on_with`: the token that the partner is called with afterwards, of the one that it answered and the one that
    was agreed outside OCPI.
    """

    make_token: Callable[[], CredentialsToken] = CredentialsToken.make
    ours: OurCredentials = our_credentials
    offered: type[OfferedTokens] = OfferedTokens
    after_failure: AfterFailure = _nothing_changes
    goes_on_with: NextToken = _answered
