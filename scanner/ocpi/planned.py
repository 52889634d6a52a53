"""How much a probe may send at most: what a GET can grow to, and what the budgets let out."""

from collections.abc import Iterator
from dataclasses import replace
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
    return min(gets * MOST_SENT, _budget(target, endpoint, anonymous=anonymous))


def planned(
    probe: str,
    what: str,
    gets: int,
    target: EnvironmentTarget,
    endpoint: Endpoint,
    *,
    at_least: int = 0,
    anonymous: bool = False,
) -> PlannedRequest:
    """One line of the dry run, which says what is certain and what the bound is made of."""
    at_most = most_requests(gets, target, endpoint, anonymous=anonymous)
    certain = min(at_least, at_most)
    bound = f"{gets} GETs, {MOST_SENT} requests each with redirects and second tries"
    if at_most < gets * MOST_SENT:
        bound = f"{'max_refusals' if anonymous else 'max_requests'} of each host"
    return PlannedRequest(
        probe=probe,
        effect=Effect.READ,
        environment=target.name,
        what=f"{what} (certain: {certain}; bound: {bound})",
        at_least=certain,
        at_most=at_most,
    )


def planned_gets(
    probe: str, what: str, gets: int, target: EnvironmentTarget, endpoint: Endpoint
) -> Iterator[PlannedRequest]:
    """The line of a probe that sends so many GETs as each identity; none where nobody may speak to the endpoint."""
    speakers = target.speakers(endpoint)
    if speakers:
        names = ", ".join(identity.name for identity in speakers)
        yield replace(planned(probe, what, gets * len(speakers), target, endpoint), identity=names)


def planned_look_ups(probe: str, target: EnvironmentTarget) -> Iterator[PlannedRequest]:
    """One look-up of each name in scope: the gate keeps the addresses, whichever probe asks for them first."""
    for host in sorted({origin.host for e in target.endpoints for origin in (e.origin, *e.allow_hosts)}):
        yield PlannedRequest(
            probe=probe,
            effect=Effect.READ,
            environment=target.name,
            what=f"look-up of the addresses of {host}, once a run, by whichever probe asks first",
            at_least=0,
            at_most=1,
        )


def _budget(target: EnvironmentTarget, endpoint: Endpoint, *, anonymous: bool) -> int:
    hosts = {origin.host for origin in (endpoint.origin, *endpoint.allow_hosts)}
    most = target.limits.max_requests
    return len(hosts) * (min(most, target.limits.max_refusals) if anonymous else most)
