"""`identities` of an environment: whom the scanner speaks as, and what the platform's operator does for it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from scanner.config.strict import Reference, Strict, Text
from scanner.config.written import PartyText, Sink
from scanner.model.party import Role


class InvitationConfig(Strict):
    """The platform's operator is given `token`, a CREDENTIALS_TOKEN_A, and URL_OF_THE_PARTNER_SERVER/`path`/versions.

    From `at` on he starts a registration, `starts` times: all but the last one fail on our side.
    """

    token: Reference
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,64}$")]
    at: AwareDatetime
    starts: Annotated[int, Field(ge=1, le=8)] = 1


class CommandedConfig(Strict):
    """From `at` on the platform's operator sends `count` commands to the `partner_server`; none can move anything."""

    at: AwareDatetime
    count: Annotated[int, Field(ge=1, le=8)] = 3


class IdentityConfig(Strict):
    """Who the scanner speaks as. Without `token` it cannot speak; `sink` takes the token that a registration brings.

    `endpoints`: the platforms that issued the token, and that alone may see it; needed where there are several.
    `kind` bootstrap: the token is a CREDENTIALS_TOKEN_A. `unregister`: a scan may end the registration.
    `revoked_at`: when the platform's operator revokes the token, while a scan watches it. `shown_to`: other
    environments that may see the token, and have to refuse it. `invited`: the platform registers with us;
    `commanded`: it sends us commands.
    """

    token: Reference
    endpoints: tuple[Text, ...] = ()
    party: PartyText | None = None
    role: Role | None = None
    partner: Text | None = None
    disposable: bool = False
    kind: Literal["credentials", "bootstrap"] = "credentials"
    sink: Sink | None = None
    unregister: bool = False
    revoked_at: AwareDatetime | None = None
    invited: InvitationConfig | None = None
    commanded: CommandedConfig | None = None
    shown_to: tuple[Text, ...] = ()
