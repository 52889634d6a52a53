"""The scanner's client certificate: out of its secret, into two files that the configuration names."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

CERTIFICATE: Final = "client.pem"
KEY: Final = "client-key.pem"
_OWNER_ONLY: Final = 0o600


def days_left(folder: Path, now: datetime) -> int | None:
    """Whole days until the certificate that was brought ends, less than 0 after it; None: there is none to be read."""
    from cryptography import x509  # noqa: PLC0415 - in the scanner's environment, not in that of the Pulumi program

    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return None
    return (certificate.not_valid_after_utc - now).days


def bring_certificate(client: Any, secret_id: str, folder: Path) -> bool:  # noqa: ANN401 - boto3's client
    """False: there is none, or it cannot be read, which is said; a configuration that names the files then says so too.

    The secret is {"certificate": PEM, "key": PEM}.
    """
    try:
        found = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
        texts = {CERTIFICATE: found["certificate"], KEY: found["key"]}
    except (client.exceptions.ClientError, KeyError, TypeError, ValueError) as error:
        # the kind only: a message may repeat what was read
        sys.stderr.write(f"no client certificate was brought: {type(error).__name__}\n")
        return False
    for name, text in texts.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
    return True
