"""Every semantic rule there is."""

from typing import Final

from scanner.model.ocpi.rules import (
    cdr,
    cdr_related,
    cdr_totals,
    charging_profile,
    connector,
    credentials,
    credit,
    energy_mix,
    evse,
    general,
    hours,
    location,
    parking,
    period,
    price,
    restriction,
    session,
    tariff,
    token,
)
from scanner.model.ocpi.rules.rule import SemanticRule

RULES: Final[tuple[SemanticRule, ...]] = (
    *general.RULES,
    *price.RULES,
    *credentials.RULES,
    *location.RULES,
    *evse.RULES,
    *connector.RULES,
    *hours.RULES,
    *energy_mix.RULES,
    *parking.RULES,
    *tariff.RULES,
    *restriction.RULES,
    *token.RULES,
    *session.RULES,
    *period.RULES,
    *cdr.RULES,
    *credit.RULES,
    *cdr_totals.RULES,
    *cdr_related.RULES,
    *charging_profile.RULES,
)
