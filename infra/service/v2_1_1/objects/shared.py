"""Objects (OCPI 2.1.1, types)."""

from __future__ import annotations

from infra.service.objects.base import Ascii2, Ascii512, OcpiObject


class DisplayText(OcpiObject):
    """Text for a person, in one language."""

    language: Ascii2
    text: Ascii512
