"""`python -m infra.recover ENVIRONMENT PARTNER`: the way back when a partner's answer to a handshake was lost.

Ask the partner for a new CREDENTIALS_TOKEN_A first. It is read from standard input, so that it is in no argument and no
shell history. The rotation under way then goes on: it registers anew, with the token that the partner has already.
"""

from __future__ import annotations

import argparse
import getpass
import importlib
import json
import re
import sys
from typing import Any, Final

from infra.partner_naming import secret_name

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")  # OCPI 2.2.1, credentials: token


def recover(client: Any, secret: str, token: str, versions_url: str | None = None) -> None:  # noqa: ANN401 - boto3
    """Put the new CREDENTIALS_TOKEN_A into the secret. `versions_url` only when the partner's has changed.

    Raises ValueError for a token that OCPI does not allow. Nothing else of the secret changes.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a credentials token has 1 to 64 printable characters without spaces")
    known: dict[str, Any] = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    changed = {**known, "outbound_token": token, "registered": False}
    if versions_url is not None:
        changed["versions_url"] = versions_url
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(changed, sort_keys=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.recover", description=__doc__)
    parser.add_argument("environment", choices=("test", "prod"))
    parser.add_argument("partner", help="its id in the stack's config")
    parser.add_argument("--versions-url", help="when the partner's has changed")
    return parser.parse_args()


def _token() -> str:
    return getpass.getpass("CREDENTIALS_TOKEN_A: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def main() -> None:
    """Change the secret, then let Secrets Manager try again."""
    boto3 = importlib.import_module("boto3")  # not part of the program's environment

    given = _arguments()
    client, secret = boto3.client("secretsmanager"), secret_name(given.environment, given.partner)
    try:
        recover(client, secret, _token(), given.versions_url)
    except ValueError as error:
        sys.exit(str(error))
    client.rotate_secret(SecretId=secret)
    sys.stdout.write(f"{secret}: the rotation is tried again; watch the log of the rotation function\n")


if __name__ == "__main__":
    main()
