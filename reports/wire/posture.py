"""The whole document."""

from typing import Final, Literal

from reports.model.posture import Audience
from reports.wire.base import ToolDocument, Wire
from reports.wire.control import (
    AccessDocument,
    ControlDocument,
    DisagreementDocument,
    LayerDocument,
    NotLookedAtDocument,
)
from reports.wire.finding import FindingDocument
from reports.wire.run import RunDocument, SummaryDocument
from reports.wire.trend import TrendDocument

SCHEMA_ID: Final = "urn:ocpi-posture:schema:posture:1"


class PostureDocument(Wire):
    """The posture of one run of ocpi-posture."""

    schema_version: Literal["1"]
    audience: Audience = Audience.INTERNAL
    """Whom it is told to; an edition for partners leaves out what is internal."""
    tool: ToolDocument
    run: RunDocument
    summary: SummaryDocument
    controls: tuple[ControlDocument, ...]
    findings: tuple[FindingDocument, ...]
    disagreements: tuple[DisagreementDocument, ...]
    not_looked_at: tuple[NotLookedAtDocument, ...]
    access: tuple[AccessDocument, ...] = ()
    trend: TrendDocument | None = None
    """Null: no history was kept, or it could not be asked."""
    layers: tuple[LayerDocument, ...]
