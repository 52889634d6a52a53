"""How much a probe may send at most: what a GET can grow to, and what the budgets let out."""

from collections.abc import Iterator
from typing import Final

from scanner.model.effect import Effect
from scanner.model.intent import PlannedRequest
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.client import MAX_REDIRECTS

# Every hop of a redirect is a request of its own, and the gate may send each of them once more.
MOST_SENT: Final = 2 * (1 + MAX_REDIRECTS)


def most_requests(gets: int, target: EnvironmentTarget, endpoint: Endpoint, *, anonymous: bool = False) -> int:
    """Requests that so many GETs can become, held to the budgets of the hosts in scope.

    `anonymous`: none of them carries a valid token in its place, so they count as refusals.
    """
    hosts = {origin.host for origin in (endpoint.origin, *endpoint.allow_hosts)}
    budget = min(target.limits.max_requests, target.limits.max_refusals if anonymous else target.limits.max_requests)
    return min(gets * MOST_SENT, budget * len(hosts))


def planned_gets(
    probe: str, what: str, gets: int, target: EnvironmentTarget, endpoint: Endpoint
) -> Iterator[PlannedRequest]:
    """The line of a probe that sends so many GETs as each identity; none where nobody may speak to the endpoint."""
    speakers = target.speakers(endpoint)
    if speakers:
        yield PlannedRequest(
            probe=probe,
            effect=Effect.READ,
            environment=target.name,
            what=what,
            at_least=0,
            at_most=most_requests(gets * len(speakers), target, endpoint),
            identity=", ".join(identity.name for identity in speakers),
        )
