"""How much a probe may send at most: what a GET can grow to, and what the budgets let out."""

from typing import Final

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
