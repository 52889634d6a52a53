"""Groups and extended master secret in TLS 1.0 to 1.2, which sslyze does not look at beside TLS 1.3.

Groups are found by elimination: all are offered, what the server takes is left out of the next hello, until it
declines. That costs a handshake for each group that it takes, and not one for each that there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.tls import TlsVersion, VersionGroups
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls.client_hello import (
    ALL_SUITES,
    ECDHE,
    ECDHE_ECDSA,
    EXTENDED_MASTER_SECRET,
    GROUPS,
    WIRE_VERSIONS,
    Offer,
)
from scanner.tls.greeting import Declined, Greeter
from scanner.tls.old_client import greet_as_old_client
from scanner.tls.server_flight import ServerFlight
from scanner.tls.servers import TlsServer
from scanner.tls.sslyze_document import NoAnswer

# A version: one for the secret, two that end the search; and the one of an old client.
MOST_HELLOS: Final = len(WIRE_VERSIONS) * (len(GROUPS) + 3) + 1
_NAMES: Final = {number: name for name, number in GROUPS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSeen:
    """What the hellos of one version brought."""

    extended_master_secret: bool
    groups: VersionGroups | NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderVersions:
    """What was seen of each version before TLS 1.3 that the server speaks, or why nothing was.

    `unseen_by_old_client`: why sslyze's old client can have seen nothing there; None where it can have, and where
    there is no older version.
    """

    by_version: Mapping[TlsVersion, VersionSeen | NoAnswer] = field(default_factory=dict)
    unseen_by_old_client: NoAnswer | None = None
    evidence: tuple[EvidenceRef, ...] = ()


async def greet_in_older_versions(
    context: ProbeContext, server: TlsServer, versions: Sequence[TlsVersion]
) -> OlderVersions:
    """One handshake after the other, each through the gate; the versions are those that sslyze has negotiated."""
    greeter, seen = Greeter(context, server), {}
    for version in versions:
        if version in WIRE_VERSIONS:
            seen[version] = await _look(greeter, version)
    if not greeter.log:
        return OlderVersions()
    unseen = await greet_as_old_client(greeter) if TlsVersion.TLS_1_3 in versions else None
    title = f"hellos to {server.subject.label()}"
    evidence = context.evidence.store_document(title, Witness.TLS, {"hellos": greeter.log})
    return OlderVersions(by_version=seen, unseen_by_old_client=unseen, evidence=(evidence,))


async def _look(greeter: Greeter, version: TlsVersion) -> VersionSeen | NoAnswer:
    try:
        first = await greeter.greet(version, Offer(suites=ALL_SUITES))
    except NoAnswer as none:
        return none
    if isinstance(first, Declined):
        said = "takes none of the suites that our hello offers" if first.plainly else "hangs up on our hello"
        return NoAnswer(Reason.NOT_EVALUATED, f"the server {said}")
    try:
        groups: VersionGroups | NoAnswer = await _groups(greeter, version)
    except NoAnswer as none:
        groups = none
    return VersionSeen(extended_master_secret=EXTENDED_MASTER_SECRET in first.extensions, groups=groups)


async def _groups(greeter: Greeter, version: TlsVersion) -> VersionGroups:
    """An ECDSA certificate is used only while its own curve is offered, so that one stays in once it was seen."""
    accepted: list[str] = []
    pinned: str | None = None
    by_ecdsa = False
    while remaining := [name for name in GROUPS if name not in accepted]:
        offered = [*remaining, *([pinned] if pinned else [])]
        flight = await greeter.greet(version, Offer(suites=ECDHE_ECDSA if pinned else ECDHE, groups=offered))
        if isinstance(flight, Declined):
            if pinned or not accepted or not by_ecdsa:
                break
            pinned = accepted[-1]
            continue
        name = _group_of(flight)
        if name not in remaining:
            break
        accepted.append(name)
        by_ecdsa = flight.suite in ECDHE_ECDSA
    refused = tuple(name for name in GROUPS if name not in accepted)
    return VersionGroups(version=version, accepted=tuple(accepted), refused=refused if accepted else ())


def _group_of(flight: ServerFlight) -> str:
    """Raises: NoAnswer if the server chose a suite that was not offered, or no group that has a name."""
    if flight.suite not in ECDHE or flight.group not in _NAMES:
        raise NoAnswer(Reason.UNPARSABLE, "the server answered with a suite or a group that was not offered")
    return _NAMES[flight.group]
