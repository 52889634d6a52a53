"""The posture as its reader gets it."""

from typing import assert_never

from reports.model.partner import partner_edition
from reports.model.posture import Audience, Posture


def edition(posture: Posture, audience: Audience) -> Posture:
    """The posture for one audience; what is an edition for partners already stays one."""
    match audience:
        case Audience.INTERNAL:
            return posture
        case Audience.PARTNER:
            return posture if posture.audience is Audience.PARTNER else partner_edition(posture)
        case _:
            assert_never(audience)
