"""Statements of a function's resource policy, each a resource of its own (AWS Lambda Developer Guide, permissions)."""

import re
from typing import Final

from checks.resource_graph.leaves import is_set
from scanner.model.resource import HIDDEN, UNKNOWN, Resource

_INVOKES: Final = re.compile(r"lambda:(invokefunction(url)?|invoke\*|invokefunction\*|\*)|\*", re.IGNORECASE)
_OF_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn")
_NARROWING: Final = ("sourceAccount", "principalOrgId", "eventSourceToken")
_ACCOUNT: Final = 4  # arn:partition:service:region:account:resource


def invoked_by_anybody(permission: Resource) -> bool:
    """True where any AWS account may invoke the function, by itself or by a service of AWS that works for it.

    What holds for function URLs that answer everybody, or for calls that came through a URL, adds nothing to them.
    """
    action, who = permission.get("action"), permission.get("principal")
    anybody = who == "*" or (isinstance(who, str) and who.endswith(_OF_AWS))
    if not anybody or not (isinstance(action, str) and _INVOKES.fullmatch(action)):
        return False
    if permission.get("functionUrlAuthType") == "NONE" or permission.get("invokedViaFunctionUrl") is True:
        return False
    return not names_source(permission) and not any(is_set(permission.get(name)) for name in _NARROWING)


def names_source(permission: Resource) -> bool:
    """True where the ARN of who calls names an account, or stands for a resource of the stack; buckets have none."""
    source = permission.get("sourceArn")
    if source is UNKNOWN or source is HIDDEN:
        return True
    parts = source.split(":") if isinstance(source, str) else []
    if len(parts) <= _ACCOUNT:
        return False
    account, name = parts[_ACCOUNT], ":".join(parts[_ACCOUNT + 1 :])
    return bool(account.strip("*?")) or (parts[2] == "s3" and not account and bool(name.strip("*?/")))
