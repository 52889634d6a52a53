"""Ways into a database by a right of IAM: statements over the Data API, and connections as a user of the database.

Amazon Aurora User Guide, Data API; Amazon RDS User Guide, IAM database authentication: `rds-db:connect` is allowed for
a user of the database, under the id that RDS gives it. Whether a network leads there, and whether who uses the Data API
may read the secret with the password, is not asked.
"""

import re
from collections.abc import Iterator
from typing import Final

from checks.resource_graph.leaves import is_set
from checks.resource_graph.stores import CLUSTER
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

_IDS: Final = ("clusterResourceId", "resourceId")  # of a cluster, of an instance
_GIVEN: Final = re.compile(r"(db|cluster)-[A-Z0-9]+")
_SIGNS: Final = "?" * 26  # of an id


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What has to be allowed on which ARN; `loosely`: one of those that the ARN, a pattern, stands for is meant."""

    actions: tuple[str, ...]
    arn: str
    loosely: bool = False


def has_door(database: Resource) -> bool:
    """True where somebody gets in by a right of IAM, or may: the switch is set, or not known yet."""
    return is_set(database.get("enableHttpEndpoint")) or is_set(database.get("iamDatabaseAuthenticationEnabled"))


def doors(database: Resource, arn: str) -> Iterator[Door]:
    """The open ones of a cluster or an instance; `arn` is its own."""
    if is_set(database.get("enableHttpEndpoint")):
        yield Door(actions=("rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"), arn=arn)
    if is_set(database.get("iamDatabaseAuthenticationEnabled")):
        yield from _logins(database, arn)


def _logins(database: Resource, arn: str) -> Iterator[Door]:
    """By the id that RDS gave it; before a deployment by the one that stands for it, or by whichever it will be."""
    known = next((text for text in map(database.outputs.get, _IDS) if isinstance(text, str) and text), "")
    _, partition, _, region, account, _ = arn.split(":", 5)
    users = f"arn:{partition}:rds-db:{region}:{account}:dbuser"
    if known:
        yield Door(actions=("rds-db:connect",), arn=f"{users}:{known}/*")
    if not _GIVEN.fullmatch(known):
        kind = "cluster" if database.token == CLUSTER else "db"
        yield Door(actions=("rds-db:connect",), arn=f"{users}:{kind}-{_SIGNS}/*", loosely=True)
