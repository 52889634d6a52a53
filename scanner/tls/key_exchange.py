"""Facts on key exchange, from both who look at it: sslyze in the highest version, hellos of ours in the older ones."""

from collections.abc import Mapping

from scanner.model.facts.tls import (
    EllipticGroups,
    ExtendedMasterSecret,
    TlsVersion,
    UndecidedVersion,
    VersionGroups,
)
from scanner.tls.client_hello import WIRE_VERSIONS
from scanner.tls.enumeration import enumeration
from scanner.tls.negotiation import groups_of_highest, highest_version, protocol_versions
from scanner.tls.older_versions import OlderVersions, VersionSeen
from scanner.tls.sslyze_document import NoAnswer, ServerScan


def elliptic_groups(scan: ServerScan, older: OlderVersions) -> EllipticGroups:
    """The groups of every version; where two have looked at one, what either of them was given counts.

    Where the server does not take handshakes steadily, none of its refusals of a group counts.

    Raises: NoAnswer if no version was looked at.
    """
    found: dict[TlsVersion, list[VersionGroups]] = {}
    failures: dict[TlsVersion, NoAnswer] = {}
    highest = highest_version(scan)
    try:
        found[highest] = [groups_of_highest(scan)]
    except NoAnswer as none:
        failures[highest] = none
    for version, seen in older.by_version.items():
        groups = seen.groups if isinstance(seen, VersionSeen) else seen
        if isinstance(groups, VersionGroups):
            found.setdefault(version, []).append(groups)
        else:
            failures[version] = groups
    if not found:
        raise next(iter(failures.values()))
    doubt = enumeration(scan).unsteady
    doubts = dict.fromkeys(found, doubt) if doubt else {v: why for v, why in failures.items() if v not in found}
    return EllipticGroups(
        by_version=tuple(_merged(version, found[version]) for version in TlsVersion if version in found),
        undecided=_undecided(doubts),
    )


def extended_master_secret(scan: ServerScan, older: OlderVersions) -> ExtendedMasterSecret:
    """In which versions before TLS 1.3 it is used; nothing at all where the server speaks only TLS 1.3.

    Raises: NoAnswer if no version gave an answer.
    """
    unclear = [version for version in protocol_versions(scan).undecided if version in WIRE_VERSIONS]
    seen = {v: s for v, s in older.by_version.items() if isinstance(s, VersionSeen)}
    failures = {v: s for v, s in older.by_version.items() if isinstance(s, NoAnswer)}
    if failures and not seen:
        raise next(iter(failures.values()))
    said = tuple(UndecidedVersion(version=v, why="whether it can be negotiated did not become clear") for v in unclear)
    return ExtendedMasterSecret(
        used=tuple(v for v, s in seen.items() if s.extended_master_secret),
        missing=tuple(v for v, s in seen.items() if not s.extended_master_secret),
        undecided=(*_undecided(failures), *said),
    )


def _merged(version: TlsVersion, found: list[VersionGroups]) -> VersionGroups:
    accepted = tuple(dict.fromkeys(name for groups in found for name in groups.accepted))
    refused = dict.fromkeys(name for groups in found for name in groups.refused if name not in accepted)
    return VersionGroups(version=version, accepted=accepted, refused=tuple(refused))


def _undecided(failures: Mapping[TlsVersion, NoAnswer]) -> tuple[UndecidedVersion, ...]:
    return tuple(UndecidedVersion(version=version, why=none.detail) for version, none in failures.items())
