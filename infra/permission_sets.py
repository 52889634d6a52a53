"""`python -m infra.permission_sets test --account 123456789012 --region eu-central-1`: rights for IAM Identity Center.

Writes one inline policy for each role of people into `build/permission-sets`: what the roles of the stack may do, with
what their boundary refuses. Its session's length is in docs/deploy.md. Nothing is called.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from infra.naming import physical_name
from infra.people_names import ROLES
from infra.people_rights import PeopleRights, reading
from infra.policies import VERSION

FOLDER: Final = Path("build") / "permission-sets"
_READERS: Final = ("admin", "auditor", "break-glass")


def permission_sets(rights: PeopleRights) -> Mapping[str, Mapping[str, Any]]:
    """Inline policies by the name of the permission set, like `ocpi-test-operator`."""
    refused = [one for one in rights.most() if one["Effect"] == "Deny"]
    return {
        physical_name(rights.environment, role): {
            "Version": VERSION,
            "Statement": [*([reading()] if role in _READERS else []), *rights.of(role), *refused],
        }
        for role in ROLES
    }


def main() -> None:
    """Say which files were written."""
    parser = argparse.ArgumentParser(prog="python -m infra.permission_sets", description=__doc__)
    parser.add_argument("environment", choices=("test", "prod"))
    parser.add_argument("--account", required=True, metavar="ID")
    parser.add_argument("--region", required=True)
    given = parser.parse_args()
    rights = PeopleRights(environment=given.environment, account_id=given.account, region=given.region)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in permission_sets(rights).items():
        file = FOLDER / f"{name}.json"
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
