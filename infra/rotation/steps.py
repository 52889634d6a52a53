"""The four steps of a rotation. Each may be called again after a failure, and then continues where it stopped.

1. createSecret: make our new token and keep it as pending, before anything is sent.
2. setSecret: accept the new token beside the old one, hand it over by the credentials handshake (POST for the first
   time, PUT afterwards) and keep the token that the partner answers with.
3. testSecret: use what the partner answered with.
4. finishSecret: make it current, and stop accepting the old token.

A partner that we cannot call yet gets a CREDENTIALS_TOKEN_A in the secret, once; it is handed over outside OCPI.
When the answer to a handshake is lost, the new token stays accepted and the pending version is kept: whichever token
the partner uses, it gets in, and the alarm on the function's errors asks for a human.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.rotation.credentials import PartnerCredentials, RotationError, credentials_object, digest
from infra.rotation.partner_client import PartnerClient
from infra.rotation.tokens import AcceptedTokens
from infra.rotation.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """One partner's rotation. `versions_url` and `roles` are ours."""

    vault: Vault
    tokens: AcceptedTokens
    partner: PartnerClient
    versions_url: str
    roles: Sequence[Mapping[str, Any]]

    def create_secret(self) -> None:
        """Step 1. Raises RotationError when a token is out and there is no way to hand over another."""
        if self.vault.pending() is not None:
            return
        current = self.vault.current()
        if not current.reachable and self.tokens.current(current.partner_id) is not None:
            raise RotationError(
                f"partner {current.partner_id} has a token, but the secret holds no outbound_token and versions_url to "
                "hand over a new one: add both, then rotate again"
            )
        self.vault.prepare(current.with_new_inbound_token())

    def set_secret(self) -> None:
        """Step 2. Raises RotationError, also when the partner refuses."""
        pending = self._pending()
        inbound = _known(pending.inbound_token)
        self.tokens.accept(digest(inbound), pending.partner_id, bootstrap=not pending.reachable)
        if pending.reachable and not self._handed_over(pending):
            self.vault.complete(self._hand_over(pending, inbound))

    def test_secret(self) -> None:
        """Step 3. Raises RotationError when the partner does not know the token it answered with."""
        pending = self._pending()
        if pending.reachable:
            self.partner.versions(_known(pending.versions_url), _known(pending.outbound_token))

    def finish_secret(self) -> None:
        """Step 4."""
        pending = self.vault.pending() or self.vault.current()
        self.vault.finish()
        inbound = digest(_known(pending.inbound_token))
        self.tokens.replace(inbound, pending.partner_id, bootstrap=not pending.reachable)

    def _hand_over(self, pending: PartnerCredentials, inbound: str) -> PartnerCredentials:
        ours = credentials_object(inbound, self.versions_url, self.roles)
        method = "PUT" if pending.registered else "POST"
        outbound = self.partner.exchange(method, _known(pending.versions_url), _known(pending.outbound_token), ours)
        return replace(pending, outbound_token=outbound, registered=True)

    def _handed_over(self, pending: PartnerCredentials) -> bool:
        """The completed version has another outbound token than the one in use."""
        return pending.outbound_token != self.vault.current().outbound_token

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
