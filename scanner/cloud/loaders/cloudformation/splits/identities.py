"""Policies, groups and passwords of IAM identities, each a resource of its own in Pulumi."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import listed
from scanner.cloud.loaders.cloudformation.splits.split import Beside, Split, named

_INLINE: Final = {"PolicyName": "name", "PolicyDocument": "policy"}
Written = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]  # an item of the property, and all of its resource


def inline(kind: str, prop: str) -> Split:
    """Policies that are written into an identity."""
    return _each(f"aws:iam/{prop}Policy:{kind}Policy", "Policy", lambda one, _: named(one, _INLINE), own=(prop,))


def attached(kind: str, prop: str) -> Split:
    """Managed policies that an identity names."""
    token = f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment"
    return _each(token, "Attachment", lambda one, _: {"policyArn": one}, own=(prop,))


def attach_to(kind: str, prop: str) -> Split:
    """A managed policy names those that it is attached to."""
    token = f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment"
    return _each(token, f"{kind}Attachment", lambda one, _: {prop: one}, own=("policyArn",))


def inline_to(kind: str, prop: str) -> Split:
    """An inline policy that is given to several: one for each."""
    return _each(f"aws:iam/{prop}Policy:{kind}Policy", kind, lambda one, held: {prop: one, **named(held, _INLINE)})


def _each(token: str, suffix: str, written: Written, own: tuple[str, ...] = ()) -> Split:
    """One resource for each item of a property."""

    def split(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(listed(raw)):
            yield Beside(token=token, suffix=f"{suffix}{number or ''}", own=own, written=written(one, held))

    return split


def groups(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """The groups that a user is in."""
    yield Beside(
        token="aws:iam/userGroupMembership:UserGroupMembership", suffix="Groups", own=("user",), written={"groups": raw}
    )


def login(_raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """A password for the console; what it is stays out."""
    yield Beside(token="aws:iam/userLoginProfile:UserLoginProfile", suffix="LoginProfile", own=("user",))
