"""Arguments of AWS that an older SDK does not know yet: plain pip takes one (docs/decisions/0002).

What is declared must not depend on which SDK is installed, or a scan of the same program tells something else. So what
its class does not take is put among the properties under the name that the provider knows. Deployments are made with
the SDK of `infra/requirements.txt`, which takes them all.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pulumi


def known(resource: type[pulumi.CustomResource], arguments: Mapping[str, str | None]) -> dict[str, Any]:
    """Those that the class of the resource takes."""
    taken = inspect.signature(resource.__dict__["_internal_init"]).parameters
    return {name: value for name, value in arguments.items() if name in taken}


def with_the_others(
    own: pulumi.ResourceOptions, resource: type[pulumi.CustomResource], arguments: Mapping[str, str | None]
) -> pulumi.ResourceOptions:
    """`own`, and the arguments that the class does not take as properties; a value of None is left out."""
    taken = known(resource, arguments)
    others = {_camel(name): value for name, value in arguments.items() if name not in taken and value is not None}
    if not others:
        return own

    def add(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        return pulumi.ResourceTransformationResult(props={**args.props, **others}, opts=args.opts)

    return pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(transformations=[add]))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
