"""Credentials, versions and version details (OCPI 2.2.1, credentials and version_information_endpoint)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from infra.service.v2_2_1.objects.base import CiString2, CiString3, OcpiObject, Role, String255, Url
from infra.service.v2_2_1.objects.places import BusinessDetails

TokenText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


class CredentialsRole(OcpiObject):
    """One role of a platform."""

    role: Role
    business_details: BusinessDetails
    party_id: CiString3
    country_code: CiString2


class Credentials(OcpiObject):
    """How to call a platform: token, versions URL, roles."""

    token: TokenText = Field(repr=False)
    url: Url
    roles: Annotated[list[CredentialsRole], Field(min_length=1)]


class VersionInfo(OcpiObject):
    """One entry of a versions endpoint; the number is open, as a partner may speak newer ones too."""

    version: String255
    url: Url


class Endpoint(OcpiObject):
    """One entry of version details; custom modules have identifiers of their own."""

    identifier: String255
    role: Literal["SENDER", "RECEIVER"]
    url: Url


class VersionDetails(OcpiObject):
    """The modules of one version."""

    version: String255
    endpoints: Annotated[list[Endpoint], Field(min_length=1)]
