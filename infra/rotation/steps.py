"""The four steps of a rotation. Each may be called again after a failure, and then continues where it stopped.

1. createSecret: make our new token and keep it as pending, before anything is sent.
2. setSecret: make sure that the partner answers, accept the new token beside the old one for a bounded time, hand it
   over by the credentials handshake (POST for the first time, PUT afterwards), keep the token that the partner answers
   with.
3. testSecret: use what the partner answered with.
4. finishSecret: make it current, and stop accepting the old token.

A partner that we cannot call yet gets a CREDENTIALS_TOKEN_A in the secret, once; it is handed over outside OCPI.
A partner without a platform, the scheduled scanner, has its tokens delivered (`infra.rotation.delivery`): they are
registered from the first one on, and the old one ends some hours after the new one was delivered.

What may become of a handover:
- the partner says no: the new token is withdrawn, nothing has changed;
- nobody knows (no answer, an unreadable one): both tokens stay accepted until the overlap ends. The next try asks the
  partner with the token that it gave us before. When that still works, the partner has not taken ours, and it is handed
  over again. When it is refused, the partner has: our new token stays, the old one ends with the overlap, and a human
  has to get a new CREDENTIALS_TOKEN_A from the partner (docs/runbooks/lost-answer.md, `python -m infra.recover`).
Whichever of the two tokens the partner uses for anything but a handshake stays as well (`infra.service_on_lambda`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.rotation.credentials import (
    AnswerLost,
    PartnerCredentials,
    PartnerRefused,
    RotationError,
    TokenRefused,
    credentials_object,
    digest,
)
from infra.rotation.delivery import Delivery
from infra.rotation.partner_client import PartnerClient
from infra.rotation.tokens import AcceptedTokens
from infra.rotation.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """One partner's rotation. `versions_url` and `roles` are ours.

    `renews` is true when the partner has agreed to renewals (PUT); registering it (POST) needs no such word.
    `delivery` is there for a partner without a platform, that is never called.
    """

    vault: Vault
    tokens: AcceptedTokens
    partner: PartnerClient
    versions_url: str
    roles: Sequence[Mapping[str, Any]]
    renews: bool = True
    delivery: Delivery | None = None

    def create_secret(self) -> None:
        """Step 1. Raises RotationError when a token is out and there is no way to hand over another."""
        if self.vault.pending() is not None:
            return
        current = self.vault.current()
        if self.delivery is None and self.tokens.current(current.partner_id) is not None:
            self._check_way(current)
        self.vault.prepare(current.with_new_inbound_token())

    def set_secret(self) -> None:
        """Step 2. Raises RotationError, also when the partner refuses; AnswerLost when a human has to help."""
        pending = self._pending()
        inbound = digest(_known(pending.inbound_token))
        if self.vault.is_completed():
            self.tokens.settle(inbound, pending.partner_id)
            return
        if self.delivery is not None:
            self._deliver(self.delivery, pending)
            return
        # the way to the partner as it is now: somebody may have mended it since the first try
        base = replace(self.vault.current(), inbound_token=pending.inbound_token)
        if not base.reachable:
            self.tokens.accept(inbound, base.partner_id, bootstrap=True)
            return
        self._check_way(base)
        self.vault.complete(self._hand_over(base, inbound))
        self.tokens.settle(inbound, base.partner_id)

    def test_secret(self) -> None:
        """Step 3. Raises RotationError when the partner does not know the token it answered with."""
        pending = self._pending()
        if self.vault.is_completed():
            self.partner.versions(_known(pending.versions_url), _known(pending.outbound_token))

    def finish_secret(self) -> None:
        """Step 4. The table first: when the partner has renewed its credentials meanwhile, theirs stay."""
        pending = self.vault.pending() or self.vault.current()
        if self.delivery is None:
            self.tokens.replace(digest(_known(pending.inbound_token)), pending.partner_id)
        self.vault.finish()

    def _deliver(self, delivery: Delivery, pending: PartnerCredentials) -> None:
        """Accepted before it is delivered, so that it works from the moment on in which it is there."""
        inbound = digest(_known(pending.inbound_token))
        self.tokens.accept(inbound, pending.partner_id, bootstrap=False)
        delivery.put(_known(pending.inbound_token))
        self.tokens.settle(inbound, pending.partner_id)

    def _check_way(self, current: PartnerCredentials) -> None:
        if not current.reachable:
            raise RotationError(
                f"partner {current.partner_id} has a token, but the secret holds no outbound_token and versions_url to "
                "hand over a new one: add both, then rotate again"
            )
        if current.registered and not self.renews:
            raise RotationError(
                f"partner {current.partner_id} has not agreed to renewals by handshake: set its rotation to handshake "
                "once it has, or renew its credentials together with it"
            )

    def _hand_over(self, base: PartnerCredentials, inbound: str) -> PartnerCredentials:
        self._check_partner(base)
        fresh = self.tokens.accept(inbound, base.partner_id, bootstrap=False)
        ours = credentials_object(_known(base.inbound_token), self.versions_url, self.roles)
        method = "PUT" if base.registered else "POST"
        try:
            outbound = self.partner.exchange(method, _known(base.versions_url), _known(base.outbound_token), ours)
        except PartnerRefused:
            if fresh:  # otherwise an earlier try may have arrived
                self.tokens.withdraw(inbound, base.partner_id)
            raise
        return replace(base, outbound_token=outbound, registered=True)

    def _check_partner(self, base: PartnerCredentials) -> None:
        """While the partner is out of reach nothing is accepted that could not be handed over."""
        try:
            self.partner.versions(_known(base.versions_url), _known(base.outbound_token))
        except TokenRefused as refusal:
            taken = self.tokens.handed_over(base.partner_id)
            if taken is None:
                raise
            self.tokens.settle(taken, base.partner_id)
            raise AnswerLost(
                f"partner {base.partner_id} has taken our new token, and its answer was lost ({refusal}): ask it for a "
                "new CREDENTIALS_TOKEN_A and run `python -m infra.recover`"
            ) from None

    def _pending(self) -> PartnerCredentials:
        pending = self.vault.pending()
        if pending is None:
            raise RotationError("there is no pending version: createSecret has not run")
        return pending


STEPS: Final[Mapping[str, Callable[[Rotation], None]]] = {
    "createSecret": Rotation.create_secret,
    "setSecret": Rotation.set_secret,
    "testSecret": Rotation.test_secret,
    "finishSecret": Rotation.finish_secret,
}


def _known(value: str | None) -> str:
    if value is None:
        raise RotationError("the pending version lacks a token")
    return value
