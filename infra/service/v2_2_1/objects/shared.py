"""Types that several modules share (OCPI 2.2.1, types)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import Number, OcpiObject, String2, String512

Role = Literal["CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP"]
TokenType = Literal["AD_HOC_USER", "APP_USER", "OTHER", "RFID"]
ProfileType = Literal["CHEAP", "FAST", "GREEN", "REGULAR"]


class DisplayText(OcpiObject):
    """Text for a person, in one language."""

    language: String2
    text: String512


class Price(OcpiObject):
    """An amount in the currency of its object."""

    excl_vat: Number
    incl_vat: Number | None = None
