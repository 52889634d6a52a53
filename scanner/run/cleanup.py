"""Take back what a run left behind, from its journal; say what cannot be taken back."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from scanner.gate.gate import Gate
from scanner.gate.policy import least_effect
from scanner.model.exchange import Exchange, Failed, HttpOutcome, Refused
from scanner.model.intent import HttpIntent, IdentityCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.response_format import ocpi_status
from scanner.model.party import Party
from scanner.ocpi.requests.begun_session import end
from scanner.run.leftovers import LeftBehind, left_behind
from scanner.run.taken_back import is_gone

_PROBE: Final = "cleanup"
_PATIENCE_S: Final = 30.0  # for a session to be listed, and again to end


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """What became of each leftover: gone, still there (with why), or never removable."""

    removed: tuple[Leftover, ...]
    remaining: tuple[tuple[Leftover, str], ...]


async def clean_up(entries: Iterable[Mapping[str, Any]], gate: Gate) -> CleanUp:
    """Undo, newest first, everything that the journal's `entries` left behind."""
    removed: list[Leftover] = []
    remaining: list[tuple[Leftover, str]] = []
    left_by_run = left_behind(entries)
    gate.remember(left.leftover for left in left_by_run)
    for left in reversed(left_by_run):
        why = await _undo(left, gate)
        if why is None:
            gate.taken_back(left.leftover)
            removed.append(left.leftover)
        else:
            remaining.append((left.leftover, why))
    ended = {left.session_mark for left in removed} - {None}  # whichever of our identities saw it
    for one, _ in remaining:
        if one.session_mark in ended:
            gate.taken_back(one)
            removed.append(one)
    still = tuple((left, why) for left, why in remaining if left.session_mark not in ended)
    return CleanUp(removed=tuple(removed), remaining=still)


async def _undo(left: LeftBehind, gate: Gate) -> str | None:
    """None where it is gone, else why it is not."""
    leftover = left.leftover
    if leftover.session_mark is not None:
        return await end(gate, leftover, _PROBE, _PATIENCE_S)
    if leftover.undo_method is None or leftover.undo_url is None:
        return "OCPI has no request that takes it back"
    return _why(await gate.http(_intent(leftover, leftover.undo_method, leftover.undo_url)))


def _intent(leftover: Leftover, method: str, url: str) -> HttpIntent:
    return HttpIntent(
        effect=least_effect(method, url, leftover.module),
        environment=leftover.environment,
        probe=_PROBE,
        purpose=f"remove {leftover.what}",
        identity=leftover.identity,
        method=method,
        url=url,
        credential=IdentityCredential(identity=leftover.identity, encoding=leftover.encoding)
        if leftover.identity
        else None,
        body=leftover.undo_body.encode() if leftover.undo_body else None,
        headers={"Content-Type": "application/json"} if leftover.undo_body else {},
        module=leftover.module,
        owners=frozenset({Party.parse(leftover.owner)}) if leftover.owner else frozenset(),
    )


def _why(outcome: HttpOutcome) -> str | None:
    match outcome:
        case Exchange():
            return None if is_gone(outcome) else f"answered HTTP {outcome.status}{_ocpi(outcome)}"
        case Failed() as failed:
            return str(failed)
        case Refused(detail=detail):
            return detail


def _ocpi(outcome: Exchange) -> str:
    status = ocpi_status(outcome.body)
    return "" if status is None else f", OCPI status {status}"
