"""A function without a placement: it runs in Lambda's own network, from where the internet can be called.

In a file of its own, so that the reasons below stand in scans of stacks that have such a function, and in no others.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


def function_outside(name: str, args: aws.lambda_.FunctionArgs, opts: pulumi.ResourceOptions) -> aws.lambda_.Function:
    """Nothing of the stack's network can be reached from it, nor it from there: it is invoked by AWS alone."""
    # ocpi-posture: accept CKV_AWS_117 owner="platform" reason="its config says why: egressReason" until=2035-12-31
    # ocpi-posture: accept CKV_AWS_272 owner="platform" reason="nothing here signs archives" until=2035-12-31
    return aws.lambda_.Function(name, args, opts)
