"""What is looked at: the addresses of a name, and the profile that its servers are judged by."""

from typing import Final

from scanner.model.late_dataclass import dataclass

DEFAULT_TLS_PROFILE: Final = "ocpi-2026-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProfileChosen:
    """The profile that the servers of this environment are to be judged by, as named in the configuration."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddresses:
    """What a name resolves to: the addresses that were examined, that refused every connection, that were left out.

    `differing`: the fact types in which the examined addresses are not alike; certificates may differ.
    """

    examined: tuple[str, ...]
    refusing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
