"""Appointments with a target's operator: whether the scan has come to one in time."""

from datetime import UTC, datetime, timedelta
from typing import Final

from scanner.model.observation import Reason
from scanner.model.target import Endpoint
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

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


def time_is_up(context: ProbeContext, endpoint: Endpoint) -> datetime:
    """When the host of an endpoint has had its seconds: nothing is waited for beyond, since nobody could look."""
    return datetime.now(UTC) + timedelta(seconds=context.gate.seconds_left(endpoint.versions_url, context.target.name))


def out_of_time(what: str) -> NoReply:
    """Why nothing is known of what the scan had no time for; `what`: a clause that follows on "before"."""
    detail = f"`max_seconds` of the host are over before {what}"
    return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=detail)
