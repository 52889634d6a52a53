"""Credentials (OCPI 2.1.1, credentials)."""

from __future__ import annotations

from pydantic import Field

from infra.service.objects.base import Ascii2, Ascii3, OcpiObject, TokenText, Url
from infra.service.v2_1_1.objects.places import BusinessDetails


class Credentials(OcpiObject):
    """How to call a platform: token, versions URL, and the one party that it is."""

    token: TokenText = Field(repr=False)
    url: Url
    business_details: BusinessDetails
    party_id: Ascii3
    country_code: Ascii2
