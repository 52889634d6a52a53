"""Objects (OCPI 2.3.0, types)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import Number, OcpiObject, String2, String255, String512

Role = Literal["CPO", "EMSP", "NAP", "NSP", "OTHER", "SCSP"]


class DisplayText(OcpiObject):
    """Text for a person, in one language."""

    language: String2
    text: String512


class TaxAmount(OcpiObject):
    """One tax on an amount; percentage in percent."""

    name: String255
    account_number: String255 | None = None
    percentage: Number | None = None
    amount: Number


class Price(OcpiObject):
    """An amount before taxes, and the taxes on it."""

    before_taxes: Number
    taxes: list[TaxAmount] | None = None
