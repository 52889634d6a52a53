"""Where OCPI workloads may connect to, should a URL of a peer lead them there: inward, or to instance metadata."""

from collections.abc import Iterable, Sequence
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set, word
from checks.resource_graph.ocpi_workloads import ocpi_workloads
from checks.resource_graph.placement import placement
from checks.resource_graph.policy_documents import Statement, read_document
from checks.resource_graph.policy_reach import is_everybody
from checks.resource_graph.private_ranges import inward_paths
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_MACHINES: Final = (aws.INSTANCE, aws.LAUNCH_TEMPLATE, aws.LAUNCH_CONFIGURATION)
_HOPS: Final = 2  # containers on an instance need two, and nothing needs more (Amazon EC2 User Guide)
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_ENDPOINT_POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
_WITH_POLICY: Final = ("Gateway", "Interface")
_OF_AWS: Final = ("com.amazonaws.", "aws.")


def _private_ranges(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, ocpi_workloads(stack), "OCPI workload", lambda one: _not_inward(stack, one))


def _not_inward(stack: Stack, one: Resource) -> Judgement:
    place = placement(stack, one)
    if place is None and one.token in (aws.FUNCTION, aws.APP_RUNNER):
        return passes("it runs in AWS's own network, from which no private network can be reached")
    if place is None or place.foreign:
        return undecided("it stands in subnets that this stack does not declare")
    found = list(inward_paths(stack, place))
    certain = next((path for path in found if not path.doubt), None)
    if certain:
        return fails(f"it may connect to a whole private range: {certain}", path=certain.hops)
    if found:
        return undecided(
            f"{found[0].doubt}; then it may connect to a whole private range: {found[0]}", path=found[0].hops
        )
    return passes("its security groups let it out to no whole private range that is routed", by_absence=True)


def _metadata(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    machines = (one for one in stack.of(*_MACHINES) if not _follows_template(stack, one))
    return judge_each(case, machines, "EC2 instance or launch template", _asks_for_session)


def _follows_template(stack: Stack, one: Resource) -> bool:
    """An instance that says nothing of its own has what its template says, which is judged itself."""
    says = is_set(one.get("metadataOptions"))
    return not says and bool(stack.referred(one, "launchTemplate", aws.LAUNCH_TEMPLATE))


def _asks_for_session(one: Resource) -> Judgement:
    options = one.get("metadataOptions")
    if options is UNKNOWN or UNKNOWN in (_option(one, "httpTokens"), _option(one, "httpEndpoint")):
        return unknown("how its metadata service answers")
    if _option(one, "httpEndpoint") == "disabled":
        return passes("it has no metadata service")
    if _option(one, "httpTokens") != "required":
        return fails("its metadata service answers a plain GET (IMDSv1): http_tokens is not required")
    hops = _option(one, "httpPutResponseHopLimit")
    if hops is UNKNOWN:
        return unknown("the hop limit of its metadata service")
    if isinstance(hops, int) and hops > _HOPS:
        return fails(f"answers of its metadata service travel {hops} hops: others can be led to ask for it")
    return passes("its metadata service wants a session token (IMDSv2)")


def _option(one: Resource, name: str) -> CloudValue:
    """Settings of the one block, which a plan has in a list."""
    options = one.get("metadataOptions")
    listed = isinstance(options, Sequence) and not isinstance(options, str)
    return one.get(f"metadataOptions.0.{name}" if listed else f"metadataOptions.{name}")


def _endpoints(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    endpoints = (one for one in stack.of(_ENDPOINT) if _takes_policy(one))
    return judge_each(case, endpoints, "VPC endpoint of an AWS service", lambda one: _has_policy(stack, one))


def _takes_policy(one: Resource) -> bool:
    kind, service = word(one.get("vpcEndpointType")), next(texts(one.get("serviceName")), "")
    partner = ".vpce." in service or not service.startswith(_OF_AWS)
    return (kind in _WITH_POLICY or kind is ABSENT) and not (service and partner)


def _has_policy(stack: Stack, one: Resource) -> Judgement:
    own = one.get("policy")
    alone = [each.get("policy") for each in stack.referring(one, "vpcEndpointId", _ENDPOINT_POLICY)]
    policies = [policy for policy in (own, *alone) if is_set(policy)]
    if not policies:
        return fails("it has AWS's default policy: anybody may do anything with any account's data", by_absence=True)
    documents = [read_document(policy) for policy in policies]
    if any(_is_open(statement) for document in documents for statement in document.allowing()):
        return fails("its policy lets everybody at everything")
    doubt = next((document.doubt for document in documents if document.doubt), None)
    return undecided(doubt) if doubt else passes("its policy names who may do what")


def _is_open(statement: Statement) -> bool:
    """As the default policy is: for everybody, and about everything."""
    return is_everybody(statement) and ("*" in statement.resources or bool(statement.not_resources))


PRIVATE_RANGES: Final = Check(
    id="cloud-egress-no-whole-private-range",
    title="OCPI workloads may not connect to whole private ranges",
    controls=("OCPI-EXT-01",),
    severity=Severity.HIGH,
    source="OWASP SSRF Prevention Cheat Sheet, network layer; Amazon VPC User Guide, security group rules",
    looks_at=_NEEDS,
    judge=_private_ranges,
    remediation="Let the group out to groups and prefix lists it needs, or refuse private ranges in the network ACL.",
    witness=Witness.CLOUD_DECLARED,
)
METADATA: Final = Check(
    id="cloud-egress-metadata-wants-session",
    title="The metadata service of every instance wants a session token",
    controls=("OCPI-EXT-01",),
    severity=Severity.HIGH,
    source="Amazon EC2 User Guide, configure the instance metadata service (IMDSv2)",
    looks_at=_NEEDS,
    judge=_metadata,
    remediation="Set metadata_options with http_tokens required and http_put_response_hop_limit 1 (2 for containers).",
    witness=Witness.CLOUD_DECLARED,
)
ENDPOINTS: Final = Check(
    id="cloud-egress-endpoint-policies",
    title="Every VPC endpoint has a policy of its own",
    controls=("OCPI-NET-03",),
    severity=Severity.MEDIUM,
    source="AWS PrivateLink Guide, control access to VPC endpoints using endpoint policies",
    looks_at=_NEEDS,
    judge=_endpoints,
    remediation="Give the endpoint a policy that names the account's own principals and resources.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (PRIVATE_RANGES, METADATA, ENDPOINTS)
