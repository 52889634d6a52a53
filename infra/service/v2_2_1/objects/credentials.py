"""Credentials (OCPI 2.2.1, credentials)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from infra.service.objects.base import CiString2, CiString3, OcpiObject, TokenText, Url
from infra.service.v2_2_1.objects.places import BusinessDetails
from infra.service.v2_2_1.objects.shared import Role


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
