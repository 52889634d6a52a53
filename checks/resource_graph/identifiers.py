"""The strings by which one resource names another: ids, ARNs, host names, and names where AWS takes them for ids."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from scanner.model.resource import Resource

_HOSTS: Final = (
    *("dnsName", "domainName", "regionalDomainName", "cloudfrontDomainName", "bucketDomainName"),
    *("bucketRegionalDomainName", "websiteEndpoint", "serviceUrl", "publicDns", "privateDns", "publicIp", "privateIp"),
)
_URLS: Final = ("functionUrl", "apiEndpoint", "invokeUrl")
_OUTPUTS: Final = (
    *("arn", "invokeArn", "qualifiedArn", "executionArn", "prefixListId", "keyId", "serviceName"),
    *("mainRouteTableId", "defaultRouteTableId", "defaultSecurityGroupId", "defaultNetworkAclId"),  # born with a VPC
)
# By type, where the name that the author gives is what others refer by, also before a deployment gave an id.
NAMED_BY: Final[Mapping[str, str]] = {
    "aws:lambda/function:Function": "name",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:iam/group:Group": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:rds/subnetGroup:SubnetGroup": "name",
    "aws:apigateway/domainName:DomainName": "domainName",
    "aws:apigatewayv2/domainName:DomainName": "domainName",
    "aws:dynamodb/table:Table": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:autoscaling/group:Group": "name",
    "aws:ec2/launchTemplate:LaunchTemplate": "name",
}
# API Gateway calls a function by an address of its own with the function's ARN inside.
_INVOKED: Final = re.compile(r"/functions/(arn:[^/]+)")
_QUALIFIED: Final = re.compile(r"^(arn:aws[\w-]*:lambda:[^:]+:\d{12}:function:[^:]+):[^:]+$")
_HOST: Final = re.compile(r"^(?:https?|wss)://([^/:?#]+)")


def identifiers(one: Resource) -> Iterator[str]:
    """What others may write to mean this resource; host names in lower case."""
    if one.id:
        yield one.id
    for name in _OUTPUTS:
        yield from _text(one.outputs.get(name))
    named = NAMED_BY.get(one.token)
    if named:
        yield from _text(one.get(named))
    for name in _HOSTS:
        yield from (host.lower() for host in _text(one.outputs.get(name)))
    for name in _URLS:
        yield from (host for url in _text(one.outputs.get(name)) for host in mentioned(url) if host != url)


def mentioned(text: str) -> Iterator[str]:
    """The identifiers that a value may hold: itself, the ARN inside an invocation, the host of a URL."""
    yield text
    for arn in _INVOKED.findall(text):
        yield arn
        yield from _QUALIFIED.findall(arn)
    yield from _QUALIFIED.findall(text)
    for host in _HOST.findall(text):
        yield host.lower()


def _text(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
