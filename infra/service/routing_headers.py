"""OCPI-from and OCPI-to headers (OCPI 2.2.1, transport_and_format: message routing) of functional modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.service.partner import Partner, Party, Role
from infra.service.settings import Settings
from infra.service.status import forbidden, invalid_parameter, not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedParties:
    """The partner's party that asks, and our party that is asked. None where the request leaves it open.

    `is_elsewhere`: we are a hub, and the party that is asked is behind another partner.
    """

    sender: Party | None
    receiver: Party | None
    is_elsewhere: bool = False

    def answer_headers(self, partner: Partner, settings: Settings) -> tuple[tuple[str, str], ...]:
        """The headers of the answer: the same two parties, turned round."""
        to = self.sender or partner.roles[0].party
        by = self.receiver or settings.roles[0].party
        return (
            ("OCPI-to-party-id", to.party_id),
            ("OCPI-to-country-code", to.country_code),
            ("OCPI-from-party-id", by.party_id),
            ("OCPI-from-country-code", by.country_code),
        )


def read_routing(headers: Mapping[str, str], partner: Partner, settings: Settings) -> RoutedParties:
    """The two parties, checked against token and platform. Raises Refusal.

    The sender must be one of the token's parties (403), the receiver one of ours (404), or, on a hub,
    anybody's.  They may be left out, as two
    platforms with one party each do.
    """
    sender = _party(headers, "from")
    receiver = _party(headers, "to")
    if sender is not None and sender not in partner.parties():
        raise forbidden("OCPI-from names a party that is not yours")
    is_elsewhere = receiver is not None and receiver not in settings.own_parties()
    if is_elsewhere and not settings.own_parties(Role.HUB):
        raise not_found("OCPI-to names a party that is not on this platform")
    return RoutedParties(sender=sender, receiver=receiver, is_elsewhere=is_elsewhere)


def _party(headers: Mapping[str, str], direction: str) -> Party | None:
    party_id = headers.get(f"ocpi-{direction}-party-id")
    country_code = headers.get(f"ocpi-{direction}-country-code")
    if party_id is None and country_code is None:
        return None
    if party_id is None or country_code is None:
        raise invalid_parameter(f"OCPI-{direction}-party-id and OCPI-{direction}-country-code belong together")
    return Party(country_code, party_id)
