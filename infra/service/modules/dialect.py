"""What differs between versions of OCPI, as the modules need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.service.call import Route
from infra.service.modules.paths import details_path, module_path
from infra.service.objects.base import OcpiObject
from infra.service.partner import InterfaceRole
from infra.service.store import Collection, Kind

Type = type[OcpiObject]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectTypes:
    """The classes of one version that the data modules read."""

    location: Type
    evse: Type
    connector: Type
    tariff: Type
    token: Type
    session: Type
    cdr: Type
    location_references: Type
    credentials: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTypes:
    """The classes of the chargingprofiles module."""

    set_profile: Type
    active_profile: Type
    active_result: Type
    result: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One version.

    `names_parties`: objects say whose they are, requests and answers are routed by headers, and endpoints have a role;
    2.1.1 has none of the three. `token_types` None: any (an open enumeration). `commands` and `command_result` are the
    bodies of the commands module. What a version has no module or message for is None.
    `has_hub_field`: credentials name the hub in `hub_party_id`, and HUB is no role (2.3.0).
    """

    number: str
    names_parties: bool
    types: ObjectTypes
    token_types: frozenset[str] | None
    commands: Mapping[str, Type]
    command_result: Type
    preferences: Type | None = None
    profiles: ProfileTypes | None = None
    client_info: Type | None = None
    has_hub_field: bool = False

    @property
    def details(self) -> str:
        """Path of the version details."""
        return details_path(self.number)

    def collection(self, kind: Kind) -> Collection:
        """The objects of a kind that are seen through this version."""
        return Collection(self.number, kind)

    def path(self, module: str, side: InterfaceRole) -> str:
        """The endpoint of one side of a functional module."""
        return module_path(self.number, module, side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version as the application takes it: its number, and its routes with the version details first."""

    number: str
    details_path: str
    routes: tuple[Route, ...]


def field(document: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 - a JSON value has no narrower type
    """The first of the fields that is there: some have other names in 2.1.1."""
    return next((document[name] for name in names if document.get(name) is not None), None)
