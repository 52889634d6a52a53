"""What a server negotiates: versions, cipher suites and groups, read from sslyze's enumeration."""

from typing import Final

import msgspec

from scanner.model.facts.tls import CipherSuites, ProtocolVersions, TlsVersion, VersionGroups
from scanner.model.observation import Reason
from scanner.tls.enumeration import enumeration
from scanner.tls.sslyze_document import NoAnswer, ServerScan

_VERSION_NAMES: Final = {version.name: version for version in TlsVersion}


class _Curve(msgspec.Struct):
    name: str


class _Curves(msgspec.Struct):
    supports_ecdh_key_exchange: bool
    supported_curves: list[_Curve] | None = None
    rejected_curves: list[_Curve] | None = None


def protocol_versions(scan: ServerScan) -> ProtocolVersions:
    """Which versions the server can be brought to speak.

    Raises: NoAnswer if no version could be tried, or none was answered at all.
    """
    found = enumeration(scan)
    spoken = dict.fromkeys(suite.version for suite in found.accepted)
    unclear = {version for version in found.tried if version not in spoken and found.undecided(version)}
    return ProtocolVersions(
        accepted=tuple(spoken),
        refused=tuple(version for version in found.tried if version not in spoken and version not in unclear),
        undecided=tuple(version for version in TlsVersion if version in found.failures or version in unclear),
    )


def cipher_suites(scan: ServerScan) -> CipherSuites:
    """Every suite that the server accepts in any version.

    Raises: NoAnswer as `protocol_versions`.
    """
    found = enumeration(scan)
    return CipherSuites(
        accepted=found.accepted,
        offered=sum(one.offered for one in found.tried.values()),
        undecided=tuple(f"{version} {name}" for version in found.tried for name in found.undecided(version)),
        versions_missing=tuple(found.failures),
    )


def highest_version(scan: ServerScan) -> TlsVersion:
    """The highest version that the server speaks, in which sslyze tries the groups.

    Raises: NoAnswer if the server was not reached, or sslyze names none that we know.
    """
    if scan.no_connection is not None:
        raise scan.no_connection
    if (scan.highest_version or "") not in _VERSION_NAMES:
        raise NoAnswer(Reason.UNPARSABLE, f"sslyze names no version for the groups: {scan.highest_version!r}")
    return _VERSION_NAMES[scan.highest_version or ""]


def groups_of_highest(scan: ServerScan) -> VersionGroups:
    """The groups that the server accepts for ECDHE in its highest version, where sslyze offers each alone.

    Raises: NoAnswer if sslyze could not try them.
    """
    curves = scan.answer("elliptic_curves", _Curves)
    return VersionGroups(
        version=highest_version(scan),
        accepted=tuple(curve.name for curve in curves.supported_curves or ()),
        refused=tuple(curve.name for curve in curves.rejected_curves or ()),
    )
