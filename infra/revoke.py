"""`python -m infra.revoke ENVIRONMENT PARTNER --access-table NAME`: shut a partner out, now.

Its tokens, its gateway key and whatever client certificate it presents are of no use once the command is back.
`--certificate FILE` shuts out that one certificate instead; `--lift` lets the partner come back with a new token.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from infra.authoriser.certificates import fingerprint_of
from infra.revocation import Clients, KillSwitch, RevocationError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.revoke", description=__doc__)
    parser.add_argument("environment", choices=("test", "prod"))
    parser.add_argument("--access-table", required=True, help='"$(pulumi stack output access_table)"')
    parser.add_argument("--lift", action="store_true", help="let the partner come back")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("partner", nargs="?", help="its id in the stack's config")
    which.add_argument("--certificate", type=Path, metavar="FILE", help="a client certificate in PEM form")
    return parser.parse_args()


def _run(switch: KillSwitch, given: argparse.Namespace) -> str:
    if given.certificate is not None:
        fingerprint = fingerprint_of(given.certificate.read_text(encoding="ascii"))
        switch.revoke_certificate(fingerprint)
        return f"certificate {fingerprint}: refused from now on"
    if given.lift:
        switch.lift(given.partner)
        return f"{given.partner}: may come back; a new CREDENTIALS_TOKEN_A is in its secret in a moment"
    switch.revoke(given.partner)
    return f"{given.partner}: shut out"


def main() -> None:
    """Exit code 1 and a sentence when something is left to do."""
    boto3 = importlib.import_module("boto3")  # not part of the program's environment

    given = _arguments()
    clients = Clients(
        dynamodb=boto3.client("dynamodb"),
        apigateway=boto3.client("apigateway"),
        secretsmanager=boto3.client("secretsmanager"),
    )
    switch = KillSwitch(clients=clients, environment=given.environment, table=given.access_table)
    try:
        sys.stdout.write(_run(switch, given) + "\n")
    except (RevocationError, OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
