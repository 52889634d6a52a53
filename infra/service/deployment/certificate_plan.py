"""What a server certificate shall say; plain data, so that planning needs no cryptography."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class KeyKind(StrEnum):
    """Kinds of server keys."""

    ECDSA_P256 = "ecdsa-p256"
    RSA_2048 = "rsa-2048"
    RSA_1024 = "rsa-1024"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePlan:
    """Lifetime counts from an hour ago; a negative one is over already. Without names: those of the deployment."""

    names: tuple[str, ...] = ()  # DNS names and IP addresses
    lifetime: timedelta = timedelta(days=90)
    key: KeyKind = KeyKind.ECDSA_P256
    self_signed: bool = False
