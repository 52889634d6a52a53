"""Subject: what is looked at, typed.

Every subject is a point in one coordinate space (environment, endpoint, version, module, side, ...). Joins and
fingerprints use the coordinates, so a new kind of subject changes neither.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from scanner.model.late_dataclass import dataclass

Coordinates = Mapping[str, str]


class Side(StrEnum):
    """Which interface of a module (OCPI 2.2.1, "interface role"); 2.1.1 calls them by the party that offers them."""

    SENDER = "sender"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing in one environment; `kind` names the class in documents."""

    kind: ClassVar[str] = "environment"
    environment: str

    def coordinates(self) -> Coordinates:
        """Name and value of every coordinate that is set, `kind` first, the others in field order."""
        return _coordinates(self)

    def agrees_with(self, other: "Subject", on: tuple[str, ...] | None = None) -> bool:
        """True where both have the same value in each coordinate of `on` (default: each that both have set)."""
        return agree(self.coordinates(), other.coordinates(), on)

    def label(self) -> str:
        """One line for people; the environment is shown beside it, so it is left out."""
        rest = [value for name, value in self.coordinates().items() if name not in {"kind", "environment"}]
        return " ".join(rest) or self.environment


def agree(mine: Coordinates, theirs: Coordinates, on: tuple[str, ...] | None) -> bool:
    """See `Subject.agrees_with`; asked tens of thousands of times, so without a generator."""
    if on is not None:
        return all(mine.get(name) == theirs.get(name) for name in on)
    return all(name == "kind" or theirs.get(name, value) == value for name, value in mine.items())


@lru_cache(maxsize=4096)
def _coordinates(subject: Subject) -> Coordinates:
    present = {"kind": subject.kind}
    for field in fields(subject):
        value = getattr(subject, field.name)
        if value is not None:
            present[field.name] = str(value)
    return MappingProxyType(present)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSubject(Subject):
    """A whole named deployment (`test`, `prod`)."""

    kind: ClassVar[str] = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSubject(Subject):
    """One OCPI platform of the environment, by the name its versions URL has in the configuration."""

    kind: ClassVar[str] = "endpoint"
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSubject(Subject):
    """A listening server: name (sent as SNI), port, and the address where one name has several."""

    kind: ClassVar[str] = "server"
    host: str
    port: int
    address: str | None = None

    def label(self) -> str:
        """host:port, with the address where one was set."""
        at = f" at {self.address}" if self.address else ""
        return f"{self.host}:{self.port}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceSubject(Subject):
    """An OCPI interface, down to one method on one path as far as the coordinates are set.

    `module` is an OCPI ModuleID, or `versions` / `version_details` for the two endpoints that are not modules.
    `path` is a template relative to the module (`/{country_code}/{party_id}/{uid}`), never a real id.
    `party` is the party spoken as, `CC-PID`.
    """

    kind: ClassVar[str] = "interface"
    endpoint: str
    version: str | None = None
    module: str | None = None
    side: Side | None = None
    method: str | None = None
    path: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySubject(Subject):
    """A party of the roaming contract."""

    kind: ClassVar[str] = "party"
    country_code: str
    party_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSubject(Subject):
    """A declared stack: `project/stack` of Pulumi."""

    kind: ClassVar[str] = "stack"
    stack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSubject(Subject):
    """A cloud resource: the Pulumi URN, or the ARN of a live one."""

    kind: ClassVar[str] = "resource"
    stack: str
    urn: str

    def label(self) -> str:
        """Type and name, the last two parts of a URN."""
        parts = self.urn.split("::")
        return " ".join(parts[-2:]).split("$")[-1] if len(parts) > 1 else self.urn


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSubject(Subject):
    """One exported OCPI object (CDR, session, tariff, token) by owner and id; ids that name a driver are hashed."""

    kind: ClassVar[str] = "record"
    record_type: str
    owner: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationSubject(Subject):
    """A file with an attestation, by its folder and name as configured."""

    kind: ClassVar[str] = "attestation"
    attestation: str


SUBJECT_TYPES: tuple[type[Subject], ...] = (
    EnvironmentSubject,
    EndpointSubject,
    ServerSubject,
    InterfaceSubject,
    PartySubject,
    StackSubject,
    ResourceSubject,
    RecordSubject,
    AttestationSubject,
)
