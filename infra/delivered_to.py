"""Where the scanner's tokens are delivered: a secret of the auditor, and the key that encrypts it, from the config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from infra.config_reader import Section
from infra.contracts import Partner
from infra.partner_naming import SCANNER_PARTNER
from infra.stack_config import ACCOUNT, ACCOUNT_WORDS

_KEY: Final = "scannerSecret"
_WORDS: Final = "{secret: ARN, key: ARN} as the audit stack's output `scanner_secrets` has them for this environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredTo:
    """Both in `account`, the auditor's."""

    account: str
    secret: str
    key: str


def read_delivered_to(section: Section, partners: Sequence[Partner], region: str) -> DeliveredTo | None:
    """None: the token stays in this account. Raises SettingsError."""
    given = section.section(_KEY, _WORDS) if _KEY in section else Section(_KEY, {})
    if not set(given):
        return None
    given.known_keys_only(("secret", "key"))
    if SCANNER_PARTNER not in {partner.id for partner in partners}:
        raise section.error(_KEY, f"is set, and `partners` has no {SCANNER_PARTNER}; add its block")
    account = section.text("auditAccountId", ACCOUNT, ACCOUNT_WORDS)
    place = f"{region}:{account}"
    return DeliveredTo(
        account=account,
        secret=given.text("secret", rf"arn:aws:secretsmanager:{place}:secret:[A-Za-z0-9/_+=.@-]{{8,512}}", _WORDS),
        key=given.text("key", rf"arn:aws:kms:{place}:key/[0-9a-f-]{{36}}", _WORDS),
    )
