"""From what the listeners saw to facts: each call counted once, and strangers told from the target."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from scanner.model.facts.ocpi.rogue import Played, Proof
from scanner.model.json_value import JsonValue
from scanner.model.served import CallersToken, Knock, ServedCall
from scanner.ocpi.rogue.behaviours import NAMED_BY_HOSTILITY, VERSIONS
from scanner.ocpi.rogue.certificates import NEEDS_ISSUER
from scanner.ocpi.rogue.scenario import Listener
from scanner.ocpi.rogue.site import Seen
from scanner.ocpi.rogue.theatre import Performance

_OURS = frozenset({CallersToken.NEWEST, CallersToken.FORMER, CallersToken.ANOTHERS})


def peers_of(performances: Iterable[Performance]) -> frozenset[str]:
    """The addresses that showed a token of ours or knew a path: the target's."""
    return frozenset(seen.peer for one in performances for seen in one.site.calls)


def played(one: Performance, known: frozenset[str]) -> Played:
    """One scenario as a fact; `known` are the target's addresses."""
    at_second = one.scenario.leads is Listener.SECOND
    asked = _asked(one)
    came = [knock for knock in one.knocks if knock.peer in known]
    elsewhere = one.scenario.proof is Proof.ELSEWHERE
    return Played(
        scenario=one.scenario.id,
        story=one.scenario.story,
        proof=one.scenario.proof,
        answer=one.answer,
        call_due=one.scenario.call_due,
        by_test_ca=one.scenario.face in NEEDS_ISSUER,
        knocks=len(came) if at_second else len(one.site.calls),
        strangers=len(one.knocks) - len(came),
        asked=len(asked),
        with_token=sum(seen.with_token for seen in asked),
        went_on=sum(seen.path in {NAMED_BY_HOSTILITY, _credentials(one)} for seen in one.site.calls),
        elsewhere=max(len(came), len(one.calls)) if elsewhere else 0,
        elsewhere_with_token=sum(call.token in _OURS for call in one.calls) if elsewhere else 0,
        took_all=one.site.taken.all or one.site.taken.still,
        taken_bytes=one.site.taken.bytes,
        seconds=round(one.site.taken.ended - one.site.taken.began, 1),
        agreed=tuple(sorted({knock.tls for knock in came if knock.tls})),
        closest_s=_closest([seen.at for seen in asked]),
    )


def document(one: Performance) -> JsonValue:
    """The evidence: every connection and every call of one scenario, without a token."""
    return {
        "scenario": one.scenario.id,
        "partner": one.scenario.story,
        "versions_url": f"{one.site.base}{VERSIONS}",
        "credentials_answered": one.answer.said(),
        "connections_at_second_listener": [_knock(knock) for knock in one.knocks],
        "calls_at_second_listener": [_call(call) for call in one.calls],
        "calls": [{"path": s.path, "peer": s.peer, "with_our_token": s.with_token} for s in one.site.calls],
        "bytes_taken": one.site.taken.bytes,
    }


def _asked(one: Performance) -> Sequence[Seen]:
    """Requests for what is hostile; where all of it stands behind a link, for the document with the link."""
    paths = one.site.hostile.keys() - {_credentials(one)} or {VERSIONS}
    return [seen for seen in one.site.calls if seen.path in paths]


def _credentials(one: Performance) -> str:
    return f"{one.site.details_path}/credentials"


def _closest(times: Sequence[float]) -> float | None:
    pauses = [after - before for before, after in pairwise(times)]
    return round(min(pauses), 2) if pauses else None


def _knock(knock: Knock) -> JsonValue:
    return {"at": knock.at.isoformat(), "peer": knock.peer, "tls": knock.tls, "failure": knock.failure}


def _call(call: ServedCall) -> JsonValue:
    return {"at": call.received_at.isoformat(), "method": call.method, "path": call.path, "shown": call.token}
