"""Access points of a bucket: further names for its objects, each with a policy of its own.

Amazon S3 User Guide, managing access with access points: what the policy of one allows holds where the bucket's policy
allows the same, or leaves it to its access points.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph.policy_documents import PolicyDocument, Statement, read_document
from checks.resource_graph.stack import Stack
from scanner.model.resource import Resource

_POINT: Final = "aws:s3/accessPoint:AccessPoint"
_POLICY: Final = "aws:s3control/accessPointPolicy:AccessPointPolicy"
_DELEGATING: Final = "s3:dataaccesspoint"


def access_points(stack: Stack, bucket: Resource) -> tuple[Resource, ...]:
    """Those that are declared for the bucket."""
    return stack.referring(bucket, "bucket", _POINT)


def names_of_objects(point: Resource) -> str:
    """The ARN of every object through the access point; of any account and region where that is not known."""
    known = point.outputs.get("arn")
    if isinstance(known, str) and ":accesspoint/" in known:
        return f"{known}/object/*"
    name = point.get("name")
    return f"arn:aws:s3:*:*:accesspoint/{name if isinstance(name, str) else point.name}/object/*"


def policies_through(stack: Stack, bucket: Resource, own: tuple[PolicyDocument, ...]) -> Iterator[PolicyDocument]:
    """The policies of its access points, where the bucket's `own` let them decide; in doubt where those are unknown."""
    points = access_points(stack, bucket)
    doubt = next((document.doubt for document in own if document.doubt), "")
    delegated = any(_delegates(one) for document in own for one in document.allowing())
    for point in points if delegated or doubt else ():
        said = [read_document(point.get("policy"))]
        said += [read_document(one.get("policy")) for one in stack.referring(point, "accessPointArn", _POLICY)]
        yield from said if delegated else (PolicyDocument(doubt=doubt) for one in said if one.statements)


def _delegates(one: Statement) -> bool:
    return any(each.key.startswith(_DELEGATING) for each in one.conditions)
