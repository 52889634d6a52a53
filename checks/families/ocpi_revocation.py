"""A token that the platform's operator revokes opens nothing when the agreed time is over."""

from typing import Final

from checks.families.ocpi_given_up_tokens import token_dies
from scanner.model.facts.ocpi.credentials import TokenAfterRevocation

CHECKS: Final = (
    token_dies(
        "ocpi-token-revocation-takes-effect",
        "A token that an operator revokes opens nothing within the agreed time",
        ("OCPI-VUL-08", "OCPI-TST-07"),
        TokenAfterRevocation,
        "Look each token up where it is revoked, or let what is cached of it live shorter than agreed.",
    ),
)
