"""Mutual TLS: nothing answers beside it, its trust store is pinned and kept, and somebody checks revocation."""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_TRUST_STORE: Final = "aws:lb/trustStore:TrustStore"
_REVOCATION: Final = "aws:lb/trustStoreRevocation:TrustStoreRevocation"
_BUCKET_VERSIONING: Final = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
)
_SHUT: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_SETTINGS: Final = "mutualTlsAuthentication"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _domains(stack: Stack) -> Iterator[Resource]:
    """Custom domains that ask for a client certificate."""
    return (one for one in stack.of(aws.REST_DOMAIN, aws.HTTP_DOMAIN) if _asks(one))


def _asks(domain: Resource) -> bool:
    return domain.get(f"{_SETTINGS}.truststoreUri") not in (ABSENT, None)


def _listeners(stack: Stack) -> Iterator[Resource]:
    """Listeners that ask for one, or pass on what they get."""
    return (
        one for one in stack.of(*aws.LISTENERS) if one.get("mutualAuthentication.mode") not in (ABSENT, None, "off")
    )


def _beside(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(domain: Resource) -> Judgement:
        apis = tuple(_apis_of(stack, domain))
        opened = [api for api in apis if api.get("disableExecuteApiEndpoint") is not True]
        if any(api.get("disableExecuteApiEndpoint") is UNKNOWN for api in opened):
            return unknown("whether the default endpoint of its API is closed")
        if opened:
            return fails(f"the default endpoint of {opened[0].name} answers without a client certificate")
        others = [one for api in apis for one in _domains_of(stack, api) if not _asks(one)]
        if others:
            return fails(f"domain {others[0].name} opens the same API without a client certificate")
        if not apis:
            return undecided("which API it opens is not declared")
        return passes("its API answers on domains with mutual TLS only", by_absence=True)

    return judge_each(case, _domains(stack), "mutual TLS domain", judge)


def _mappings(stack: Stack, domain: Resource) -> tuple[Resource, ...]:
    return stack.referring(domain, "domainName", aws.REST_MAPPING, aws.HTTP_MAPPING)


def _apis_of(stack: Stack, domain: Resource) -> Iterator[Resource]:
    for mapping in _mappings(stack, domain):
        yield from stack.referred(mapping, "restApi", aws.REST_API)
        yield from stack.referred(mapping, "apiId", aws.HTTP_API)


def _domains_of(stack: Stack, api: Resource) -> Iterator[Resource]:
    for one in stack.of(aws.REST_DOMAIN, aws.HTTP_DOMAIN):
        if any(each.urn == api.urn for each in _apis_of(stack, one)):
            yield one


def _store(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, _domains(stack), "mutual TLS domain", lambda one: _pinned(stack, one))


def _pinned(stack: Stack, domain: Resource) -> Judgement:
    version, uri = domain.get(f"{_SETTINGS}.truststoreVersion"), domain.get(f"{_SETTINGS}.truststoreUri")
    if version in (ABSENT, None, ""):
        return fails("no version of its trust store is named: whoever writes the file decides whom the domain trusts")
    buckets = [one for one in stack.of(*aws.BUCKETS) if _holds(stack, one, domain, uri)]
    if not buckets:
        return undecided("the bucket of its trust store is not declared in this stack")
    if not any(_versioned(one) for one in _kept_by(stack, buckets[0], *_BUCKET_VERSIONING)):
        return fails(f"bucket {buckets[0].name} of its trust store keeps no versions", by_absence=True)
    if not any(one.get("blockPublicPolicy") is True for one in _kept_by(stack, buckets[0], _SHUT)):
        return fails(f"bucket {buckets[0].name} of its trust store is not shut to the public", by_absence=True)
    return passes(f"one version of its trust store is named, and bucket {buckets[0].name} keeps it")


def _holds(stack: Stack, bucket: Resource, domain: Resource, uri: CloudValue) -> bool:
    by_name = isinstance(uri, str) and urlsplit(uri).netloc in (bucket.id, bucket.get("bucket"))
    return by_name or bool(stack.referred(domain, _SETTINGS, bucket.token) and uri is UNKNOWN)


def _kept_by(stack: Stack, bucket: Resource, *tokens: str) -> tuple[Resource, ...]:
    return stack.referring(bucket, "bucket", *tokens)


def _versioned(one: Resource) -> bool:
    return one.get("versioningConfiguration.status") == "Enabled"


def _revoked(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    asking = (*_domains(stack), *_listeners(stack))
    return judge_each(case, asking, "mutual TLS host", lambda one: _revocation(stack, one))


def _revocation(stack: Stack, one: Resource) -> Judgement:
    if one.token not in aws.LISTENERS:
        return undecided(
            "API Gateway does not check whether a client certificate was revoked, and whether the authoriser does is "
            "not declared: show who checks, or use certificates that end within days"
        )
    if one.get("mutualAuthentication.mode") == "passthrough":
        return fails("hands client certificates on as they are: nobody at the edge checks them")
    stores = stack.referred(one, "mutualAuthentication", _TRUST_STORE)
    lists = [each for store in stores for each in stack.referring(store, "trustStoreArn", _REVOCATION)]
    if lists:
        return passes(f"refuses what revocation list {lists[0].name} names")
    if not stores:
        return undecided("its trust store is not declared in this stack")
    return fails(f"trust store {stores[0].name} has no revocation list", by_absence=True)


BESIDE: Final = Check(
    id="cloud-mutual-tls-nothing-beside",
    title="Nothing opens the API without the client certificate that its domain asks for",
    controls=("OCPI-TLS-03",),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, configure mutual TLS authentication: disable the default endpoint",
    looks_at=_NEEDS,
    judge=_beside,
    remediation="Close the default endpoint, and ask for client certificates on every domain of the API.",
    witness=Witness.CLOUD_DECLARED,
)
TRUST_STORE: Final = Check(
    id="cloud-mutual-tls-trust-store-kept",
    title="The trust store of mutual TLS is one named version in a bucket that keeps it",
    controls=("OCPI-TLS-03",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, configure mutual TLS authentication: truststore versions",
    looks_at=_NEEDS,
    judge=_store,
    remediation="Set truststore_version; give the bucket versioning and a public access block.",
    witness=Witness.CLOUD_DECLARED,
)
REVOCATION: Final = Check(
    id="cloud-mutual-tls-revocation-checked",
    title="A client certificate that was revoked opens nothing",
    controls=("OCPI-TLS-03",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, mutual TLS; Application Load Balancer guide, certificate revocation lists",
    looks_at=_NEEDS,
    judge=_revoked,
    remediation="Add a revocation list to the trust store, or check revocation in the authoriser and attest it.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (BESIDE, TRUST_STORE, REVOCATION)
