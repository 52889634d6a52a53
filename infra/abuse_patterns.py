"""What abuse of an OCPI platform looks like in its logs, and what is done about it: one alarm each.

Thresholds are lines within five minutes. They fit a platform with some ten partners; a larger one raises them here,
where the reason stays beside the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.alarm import Response
from infra.authoriser.certificate_end import SOON_DAYS

OPERATIONS: Final = "OCPI operations"
SECURITY: Final = "security on call"
BILLING: Final = "roaming billing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """`pattern` in the filter language of CloudWatch Logs."""

    pattern: str
    threshold: int
    response: Response


def _means(owner: str, action: str, runbook: str) -> Response:
    return Response(owner=owner, action=action, runbook=runbook)


_TOKEN: Final = _means(
    SECURITY, "find the partner or address behind it; if it is a partner, revoke its token", "token-compromise"
)

_BODIES: Final = _means(OPERATIONS, "see whose requests; ask the partner for one that was refused", "refused-records")

# In the gateway's access log.
AT_THE_GATEWAY: Final[Mapping[str, Pattern]] = {
    "authentication-failures": Pattern(
        pattern='{ $.status = "401" || $.status = "403" }', threshold=50, response=_TOKEN
    ),
    "throttled": Pattern(pattern='{ $.status = "429" }', threshold=100, response=_TOKEN),
    # what the schemas of the gateway refuse never reaches the service, and nobody keeps it
    "bodies-refused": Pattern(pattern='{ $.error = "BAD_REQUEST_*" }', threshold=100, response=_BODIES),
    "server-errors": Pattern(
        pattern='{ $.status = "5*" }',
        threshold=10,
        response=_means(OPERATIONS, "look at the service's log by request id; roll back the last deployment", "errors"),
    ),
}

# In the gateway's access log, for each partner by itself.
BODIES_OF_A_PARTNER: Final = Pattern(pattern=AT_THE_GATEWAY["bodies-refused"].pattern, threshold=20, response=_BODIES)

# In the service's own log: what only it can tell apart.
IN_THE_SERVICE: Final[Mapping[str, Pattern]] = {
    "cdr-volume": Pattern(
        pattern='{ $.event = "access" && $.route = "*cdrs*" && $.method = "POST" }',
        threshold=2000,
        response=_means(BILLING, "stop the billing run; compare the CDRs with sessions of the same days", "forged-cdr"),
    ),
    # a forger tries until one is taken; OCPI refuses with its own status code, and HTTP 200
    "cdr-refusals": Pattern(
        pattern='{ $.event = "access" && $.route = "*cdrs*" && $.method = "POST" && $.status_code >= 2000 }',
        threshold=20,
        response=_means(BILLING, "see whose they are; keep that partner's CDRs out of the billing run", "forged-cdr"),
    ),
    "tariff-changes": Pattern(
        pattern='{ $.event = "data_change" && $.module = "tariffs" }',
        threshold=200,
        response=_means(
            BILLING, "ask the partner whether it meant to; freeze prices until it says so", "mass-correction"
        ),
    ),
    "session-changes": Pattern(
        pattern='{ $.event = "data_change" && $.module = "sessions" && $.operation = "put" }',
        threshold=5000,
        response=_means(BILLING, "see whether sessions that were over change; stop the billing run", "mass-correction"),
    ),
    "credentials-changes": Pattern(
        pattern='{ $.event = "data_change" && $.module = "credentials" }',
        threshold=1,
        response=_means(
            SECURITY, "compare with the rotations of that day; any other is an intruder's", "token-compromise"
        ),
    ),
    "commands": Pattern(
        pattern='{ $.event = "command" }',
        threshold=100,
        response=_means(SECURITY, "see whether drivers stand there; end the clause for commands", "token-compromise"),
    ),
    # a partner whose records are refused by the hundred has a bug, another version, or tries what is taken
    "records-refused": Pattern(
        pattern='{ $.event = "quarantine" && $.outcome = "kept" }',
        threshold=100,
        response=_means(OPERATIONS, "see whose records, and which rule they break", "refused-records"),
    ),
    "quarantine-lost": Pattern(
        pattern='{ $.event = "quarantine" && $.outcome = "lost" }',
        threshold=1,
        response=_means(OPERATIONS, "see why the quarantine takes nothing; ask the partner again", "refused-records"),
    ),
    "unknown-routes": Pattern(pattern='{ $.event = "access" && $.route IS NULL }', threshold=20, response=_TOKEN),
}

# In the log of the rotation function.
IN_THE_ROTATION: Final[Mapping[str, Pattern]] = {
    "answer-lost": Pattern(
        pattern='{ $.outcome = "answer_lost" }',
        threshold=1,
        response=_means(OPERATIONS, "ask the partner for a new CREDENTIALS_TOKEN_A", "lost-answer"),
    ),
}

# In the log of the firewall before the internet: allowed hosts leave no alert, so each is a refusal.
ON_THE_WAY_OUT: Final[Mapping[str, Pattern]] = {
    "egress-refused": Pattern(
        pattern='{ $.event.event_type = "alert" }',
        threshold=1,
        response=_means(
            SECURITY, "find out whether rotation or container called that host, and why", "token-compromise"
        ),
    ),
}


# Of metrics that AWS counts itself.
BLOCKED: Final = _means(SECURITY, "see which rule blocks whom; ask the partner if it is one", "token-compromise")
DEAD_LETTER: Final = _means(OPERATIONS, "read what could not be handled, mend the cause, run it again", "errors")
FUNCTIONS: Final[Mapping[str, Response]] = {
    "service": _means(OPERATIONS, "look at the function's log; roll back the last deployment", "errors"),
    "authoriser": _means(OPERATIONS, "partners are shut out until it works: roll back first", "errors"),
    "rotation": _means(OPERATIONS, "see which partner and step; its tokens work meanwhile", "lost-answer"),
}
CONTAINERS_FAIL: Final = _means(OPERATIONS, "look at the service's log by request id; roll the image back", "errors")
CONTAINERS_SICK: Final = _means(OPERATIONS, "see why containers fail their health check; roll the image back", "errors")
# In the log of the authoriser: a partner's client certificate ends within a month, and nothing works without one.
CERTIFICATE_ENDS: Final = Pattern(
    pattern='{ $.event = "certificate_ends" }',
    threshold=SOON_DAYS,
    response=_means(OPERATIONS, "ask the partner when it renews; subject and issuer have to stay", "certificate-ends"),
)
SILENCE: Final = _means(OPERATIONS, "call the partner; nothing has come from it for a day", "partner-outage")
