"""What each effect needs: a mode, leave in the configuration, an identity, and objects that are ours to touch."""

from datetime import datetime
from typing import Final

from scanner.gate.policy.commands import about_evse, about_nothing, is_result
from scanner.gate.policy.origins import host_of
from scanner.gate.policy.parties import claims_foreign
from scanner.gate.policy.weight import least_effect, owners_in_path, undeclared
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent, Intent, RawIntent
from scanner.model.target import EnvironmentTarget

_COVERS: Final = {
    Effect.READ: frozenset({Effect.READ}),
    Effect.WRITE: frozenset({Effect.READ, Effect.WRITE}),
    Effect.LASTING: frozenset({Effect.READ, Effect.WRITE, Effect.LASTING}),
    Effect.REGISTRATION: frozenset({Effect.READ, Effect.REGISTRATION}),
    Effect.ACTUATE: frozenset({Effect.READ, Effect.ACTUATE}),
    Effect.BURST: frozenset(Effect),  # then the least effect is judged beside it
}


def not_permitted(intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    """Why the effect of an intent, as declared and as seen, is not permitted; None where it is."""
    least = least_effect(intent.method, intent.url, intent.module) if isinstance(intent, HttpIntent) else Effect.READ
    if least not in _COVERS[intent.effect]:
        where = f"{intent.method} {intent.url}" if isinstance(intent, HttpIntent) else intent.purpose
        detail = f"{where} is at least {least}, but was declared {intent.effect}"
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=detail)
    if isinstance(intent, RawIntent) and intent.misframed and intent.effect is not Effect.BURST:
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail="a misframed message is declared as a burst")
    if isinstance(intent, HttpIntent) and (hidden := undeclared(intent)):
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=hidden)
    refused = _one_effect(intent.effect, intent, target, now)
    return refused or (_one_effect(least, intent, target, now) if intent.effect is Effect.BURST else None)


def _one_effect(effect: Effect, intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    exercise = None if effect is Effect.READ else _mode(target, Mode.EXERCISE, effect)
    match effect:
        case Effect.READ:
            return None
        case Effect.WRITE:
            return exercise or _disposable(effect, intent, target) or _owner(intent, target)
        case Effect.LASTING:
            allowed = exercise or _allowed(target, effect)
            return allowed or _disposable(effect, intent, target) or _owner(intent, target)
        case Effect.REGISTRATION:
            allowed = exercise or _allowed(target, effect)
            trusted = allowed or _disposable(effect, intent, target) or _sink(intent, target)
            return trusted or claims_foreign(intent, target)
        case Effect.ACTUATE:
            return exercise or _allowed(target, effect) or _evse(intent, target)
        case Effect.BURST:
            return _mode(target, Mode.STRESS, effect) or _authorised(intent, target, now)


def _mode(target: EnvironmentTarget, needed: Mode, effect: Effect) -> Refused | None:
    if target.mode.includes(needed):
        return None
    detail = f"{effect} needs mode {needed}; environment {target.name} is scanned in mode {target.mode}"
    return Refused(kind=RefusalKind.MODE, detail=detail)


def _allowed(target: EnvironmentTarget, effect: Effect) -> Refused | None:
    if effect in target.allow:
        return None
    return Refused(kind=RefusalKind.NOT_ALLOWED, detail=f"{effect} needs `allow: [{effect}]` in {target.name}")


def _disposable(effect: Effect, intent: Intent, target: EnvironmentTarget) -> Refused | None:
    speaker = next((i for i in target.identities if i.name == intent.identity), None)
    if speaker is not None and speaker.disposable:
        return None
    who = f"identity {intent.identity}" if intent.identity else "an anonymous request"
    return Refused(kind=RefusalKind.IDENTITY, detail=f"{effect} needs a disposable identity; {who} is not one")


def _owner(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    """Every party whose object is touched is ours or exists nowhere: as declared, and as the path says."""
    if not isinstance(intent, HttpIntent):
        return None
    ours = {i.party for i in target.identities if i.party} | target.absent_parties
    touched = intent.owners | set(owners_in_path(intent.url))
    if intent.owners and touched <= ours:
        return None
    foreign = ", ".join(sorted(str(party) for party in touched - ours)) or "a party that was not named"
    detail = f"objects of {foreign} are not ours to write: use an identity's own party, or one of absent_parties"
    return Refused(kind=RefusalKind.IDENTITY, detail=detail)


def _sink(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    if intent.identity and target.identity(intent.identity).has_sink:
        return None
    return Refused(kind=RefusalKind.SINK, detail=f"identity {intent.identity} has no durable sink for the new token")


def _evse(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    if isinstance(intent, HttpIntent) and intent.answers_command:
        return _result(intent, target)
    if isinstance(intent, HttpIntent):
        is_named = intent.evse in target.evses and about_evse(intent)
        if is_named or (intent.evse is None and about_nothing(intent)):
            return _disposable(Effect.ACTUATE, intent, target)
    return Refused(kind=RefusalKind.NOT_ALLOWED, detail="a command needs an EVSE that is listed in `evses`, by its uid")


def _result(intent: HttpIntent, target: EnvironmentTarget) -> Refused | None:
    """Of a command that the target sent us: it moves nothing, and nobody else's is meant (see `gate/asked.py`)."""
    if not any(identity.commanded for identity in target.identities):
        detail = "the result of a command needs an identity that the platform sends commands to (`commanded`)"
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=detail)
    if not is_result(intent):
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail="what answers a command has a `result`, and nothing else")
    return _disposable(Effect.ACTUATE, intent, target)


def _authorised(intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    host = host_of(intent)
    if any(a.host.lower() == host and a.starts <= now <= a.ends for a in target.authorisations):
        return None
    detail = f"no authorisation for {host} covers {now:%Y-%m-%d %H:%M} UTC"
    return Refused(kind=RefusalKind.AUTHORISATION, detail=detail)
