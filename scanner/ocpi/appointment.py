"""Appointments with a target's operator: whether the scan has come to one in time."""

from datetime import UTC, datetime
from typing import Final

from scanner.model.observation import Reason
from scanner.ocpi.reply import NoReply

LONGEST_WAIT_S: Final = 900.0


def not_now(at: datetime, named: str) -> NoReply | None:
    """Why it is too early or too late; somewhat late is fine, because an operator may be, too.

    `named`: what the appointment is called in the configuration.
    """
    wait_s = (at - datetime.now(UTC)).total_seconds()
    if abs(wait_s) <= LONGEST_WAIT_S:
        return None
    when = "away from" if wait_s > 0 else "before"
    minutes = f"{LONGEST_WAIT_S / 60:.0f} minutes"
    detail = f"{named} is more than {minutes} {when} when the scan came to it"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
