"""The order in which people are shown statuses: first what asks for a deed."""

from typing import Final

from reports.model.control_status import ControlStatus

STATUS_ORDER: Final = (
    ControlStatus.FAIL,
    ControlStatus.INCONCLUSIVE,
    ControlStatus.WAIVED,
    ControlStatus.PARTIAL,
    ControlStatus.PASS,
    ControlStatus.NOT_APPLICABLE,
    ControlStatus.NOT_TESTED,
)
