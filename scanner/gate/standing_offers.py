"""Tokens of registrations that the target started, of which nobody has seen yet which one the target lets in.

While one stands in a sink (`NAME.offered`) it may be the only valid token, and so may the one of before: a run that
ended between our answer and the target's next call cannot know. So no further registration is taken over it, in this
run or a later one, until somebody has asked the target with each of them and settled it.
"""

import asyncio

from scanner.gate.registration import Registrations
from scanner.gate.sink import NewToken, SinkFailed, TokenSink
from scanner.gate.vault import IdentityKey, TokenVault
from scanner.model.credential import Former
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import ServeIntent
from scanner.model.secret import Secret


def standing_offer(sink: TokenSink, identity: str) -> str:
    """What it means that an offer stands in a sink, and the way back, in a sentence without its end."""
    return (
        f"{sink.where(NewToken.OFFERED)} holds a token that the platform offered to {identity} when an earlier scan "
        "ended, perhaps the only valid one: run `ocpi-posture cleanup` with the folder of that scan, or another, "
        "which asks the platform and puts the valid token into the sink"
    )


class StandingOffers:
    """Of all identities with a sink."""

    def __init__(self, vault: TokenVault, registrations: Registrations) -> None:
        self._vault = vault
        self._registrations = registrations

    async def why_not(self, intent: ServeIntent) -> Refused | None:
        """Why no registration may be taken as the identity of the intent: one stands there, or nobody can tell."""
        if intent.identity is None:
            return None
        sink = self._vault.sinks[(intent.environment, intent.identity)]
        try:
            standing = await asyncio.to_thread(sink.read, NewToken.OFFERED)
        except SinkFailed as failed:
            return Refused(kind=RefusalKind.SINK, detail=str(failed))
        return (
            None if standing is None else Refused(kind=RefusalKind.SINK, detail=standing_offer(sink, intent.identity))
        )

    async def recall(self, environment: str, identity: str) -> tuple[Former, ...] | None:
        """Which tokens stand beside the present one, and differ from it; None where no offer stands.

        From now on the gate can show them (`FormerCredential`), and masks them. Raises: SinkFailed.
        """
        sink = self._vault.sinks.get((environment, identity))
        offered = await _read(sink, NewToken.OFFERED)
        if sink is None or offered is None:
            return None
        before = await _read(sink, NewToken.BEFORE)
        for token in (offered, before):
            if token is not None:
                self._registrations.learn(token)
        self._vault.recall(environment, identity, offered=offered, before=before)
        present = self._vault.tokens_of(environment, identity)[-1:]
        beside = {Former.OFFERED: offered, Former.PREVIOUS: before}
        return tuple(which for which, token in beside.items() if token is not None and token not in present)

    async def settle(self, environment: str, identity: str, valid: Former | None) -> None:
        """Put the token that the target lets in (None: the present one) into the sink, then keep no other beside it.

        Raises: SinkFailed, and OSError where the journal cannot be written; what was kept is kept then.
        """
        key = environment, identity
        token = self._token(key, valid)
        if token is not None:
            await self._registrations.keep(key, NewToken.TO_SPEAK_WITH, token)
            self._vault.speak_with(environment, identity, token)
        sink = self._vault.sinks[key]
        for which in (NewToken.BEFORE, NewToken.OFFERED):  # the offer last: what is not done begins anew
            await asyncio.to_thread(sink.clear, which)

    def _token(self, key: IdentityKey, valid: Former | None) -> Secret | None:
        if valid is None:
            return None
        if valid is Former.OFFERED:
            return self._vault.latest_offer(*key)
        former = [one for one in self._vault.tokens_of(*key) if one != self._vault.tokens_of(*key)[-1]]
        return former[-1]


async def _read(sink: TokenSink | None, which: NewToken) -> Secret | None:
    return None if sink is None else await asyncio.to_thread(sink.read, which)
