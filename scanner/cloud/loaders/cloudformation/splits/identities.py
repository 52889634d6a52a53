"""Policies, groups and passwords of IAM identities, each a resource of its own in Pulumi."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.cloud.loaders.cloudformation.splits.split import Beside, Split, listed, named


def inline(kind: str, prop: str) -> Split:
    """Policies that are written into an identity."""

    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(listed(raw)):
            yield Beside(
                token=f"aws:iam/{prop}Policy:{kind}Policy",
                suffix=f"Policy{number or ''}",
                own=(prop,),
                written=named(one, {"PolicyName": "name", "PolicyDocument": "policy"}),
            )

    return split


def attached(kind: str, prop: str) -> Split:
    """Managed policies that an identity names."""

    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(listed(raw)):
            yield Beside(
                token=f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment",
                suffix=f"Attachment{number or ''}",
                own=(prop,),
                written={"policyArn": one},
            )

    return split


def attach_to(kind: str, prop: str) -> Split:
    """A managed policy names those that it is attached to."""

    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(listed(raw)):
            yield Beside(
                token=f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment",
                suffix=f"{kind}Attachment{number or ''}",
                own=("policyArn",),
                written={prop: one},
            )

    return split


def inline_to(kind: str, prop: str) -> Split:
    """An inline policy that is given to several: one for each."""

    def split(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(listed(raw)):
            yield Beside(
                token=f"aws:iam/{prop}Policy:{kind}Policy",
                suffix=f"{kind}{number or ''}",
                written={prop: one, **named(held, {"PolicyName": "name", "PolicyDocument": "policy"})},
            )

    return split


def groups(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """The groups that a user is in."""
    yield Beside(
        token="aws:iam/userGroupMembership:UserGroupMembership", suffix="Groups", own=("user",), written={"groups": raw}
    )


def login(_raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """A password for the console; what it is stays out."""
    yield Beside(token="aws:iam/userLoginProfile:UserLoginProfile", suffix="LoginProfile", own=("user",))
