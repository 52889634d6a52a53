"""In whose name a request is sent (OCPI 2.2.1 and 2.3.0, transport and format: message routing headers)."""

from scanner.model.party import Party


def sent_from(party: Party) -> dict[str, str]:
    """The headers that name its sender."""
    return {"OCPI-from-country-code": party.country_code, "OCPI-from-party-id": party.party_id}
