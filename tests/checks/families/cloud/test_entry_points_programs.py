"""Ways into the OCPI service, in programs that people would write."""

from typing import Final

import pytest

from checks.families.cloud.entry_points import NO_WAY_AROUND
from checks.families.cloud.exposure import CLUSTERS
from checks.families.cloud.exposure_stores import STORES as STORES_OFF
from checks.model.verdict import Outcome
from checks.resource_graph import types as aws
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from tests.checks.families.cloud.cases import findings, outcomes, stacks
from tests.scanner.cloud.declared import declare

RDS: Final = "aws:rds/instance:Instance"
MQ: Final = "aws:mq/broker:Broker"
SEARCH: Final = "aws:opensearch/domain:Domain"
P, F, I, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE

STORES: Final = ("cdrs", "warehouse", "broker", "search", "files")
CASES: Final = {
    "gateway_only": {"stage": P},
    "function_url_beside_the_gateway": {"stage": P, "url": F},
    "signed_function_url_beside_the_gateway": {"stage": P, "url": P},
    "function_url_of_an_alias": {"stage": P, "url": F},
    "second_stage_without_firewall": {"stage": P, "debug": F},
    "domain_on_the_gateway": {"stage": P, "domain": P},
    "default_endpoint_of_the_gateway": {"stage": P, "api": P},
    "http_api_beside_the_gateway": {"stage": P, "http": F},
    "containers_behind_the_gateway": {"stage": P},
    "balancer_open_beside_the_gateway": {"stage": P, "balancer": F},
    "accelerator_before_the_balancer": {"stage": P, "fast": F, "balancer": F},
    "endpoint_service_before_the_balancer": {"stage": P, "shared": F},
    "classic_balancer_beside_the_gateway": {"stage": P, "old": F},
    "distribution_with_firewall": {"front": P},
    "balancer_open_behind_a_distribution": {"front": P, "balancer": F},
    "application_balancer_with_firewall": {"balancer": P},
    "app_runner_alone": {"ocpi": P},
    "app_runner_inside": {"app_runner_inside/test": N},
    "graphql_beside_the_gateway": {"stage": P, "graph": F},
    "instance_on_the_internet": {"ocpi": F},
    "instance_inside": {"instance_inside/test": N},
    "database_on_the_internet": {"stage": P, "cdrs": P},
    "stores_on_the_internet": {"stage": P, **dict.fromkeys(STORES, P)},
    "stores_inside": {"stage": P},
    "website_beside_the_gateway": {"stage": P, "site": P},
    "api_by_openapi": {"stage": I},
    "cluster_beside_the_gateway": {"stage": P, "pods": I},
    "beanstalk_beside_the_gateway": {"stage": P, "ocpi": F},
    "beanstalk_inside": {"stage": P},
    "beanstalk_alone": {"ocpi": F},
    "beanstalk_that_takes_from_a_queue": {"stage": P},
    "segment_by_tag": {"stage": P, "shop": P},
}


def messages(declared: DeclaredResources) -> dict[str, str]:
    return {
        finding.subject.label().rpartition(" ")[2]: finding.message for finding in findings(NO_WAY_AROUND, declared)
    }


@pytest.mark.parametrize("case, outcome", [("stores_on_the_internet", F), ("stores_inside", P)])
def test_stores_that_answer_on_the_internet_are_named(case, outcome):
    assert outcomes(STORES_OFF, "entry_points", case) == dict.fromkeys(STORES, outcome)


@pytest.mark.parametrize(
    "token, name", [(token, "publiclyAccessible") for token in (RDS, MQ)] + [(SEARCH, "vpcOptions")]
)
def test_what_opens_a_store_may_be_unknown_until_deploy(token, name):
    store = declare(token, "store", {name: UNKNOWN})
    (finding,) = findings(STORES_OFF, DeclaredResources(stack="s", source="p", resources=(store,)))
    assert finding.outcome is I


@pytest.mark.parametrize("case", CASES)
def test_every_way_in_passes_the_gateway_or_is_one_around_it(case):
    assert outcomes(NO_WAY_AROUND, "entry_points", case) == CASES[case]


def test_a_way_around_is_named_resource_by_resource():
    said = messages(stacks("entry_points")["balancer_open_beside_the_gateway"])
    assert said["balancer"] == (
        "network load balancer reaches the OCPI service past Stage stage: "
        "LoadBalancer balancer -> Listener listener -> TargetGroup group -> Service containers"
    )


def stack(*resources: Resource, missing: tuple[str, ...] = ()) -> DeclaredResources:
    return DeclaredResources(stack="small/test", source="state", resources=resources, missing=missing)


def only(declared: DeclaredResources, name: str) -> Outcome:
    (found,) = (f for f in findings(NO_WAY_AROUND, declared) if f.subject.label().endswith(f" {name}"))
    return found.outcome


FUNCTION: Final = declare(
    aws.FUNCTION, "service", {"name": "ocpi"}, outputs={"arn": "arn:aws:lambda:eu-central-1:123456789012:function:ocpi"}
)


def gateway(uri: str, **api: object) -> tuple[Resource, ...]:
    """As a state shows it: ids and ARNs, and no dependencies."""
    return (
        declare(aws.REST_API, "api", {"name": "ocpi", "disableExecuteApiEndpoint": True}),
        declare(aws.REST_STAGE, "stage", {"restApi": "api-id-0123"}, outputs={"arn": "arn:aws:apigateway:stage"}),
        declare(aws.REST_INTEGRATION, "get", {"restApi": "api-id-0123", "type": "AWS_PROXY", "uri": uri}),
        declare("aws:wafv2/webAclAssociation:WebAclAssociation", "waf", {"resourceArn": "arn:aws:apigateway:stage"}),
    )


INVOKE: Final = (
    "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-central-1:123456789012:function:ocpi{}/invocations"
)


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_literals_are_followed_where_nothing_says_what_depends_on_what(qualifier):
    url = declare(aws.FUNCTION_URL, "url", {"functionName": "ocpi", "authorizationType": "NONE"})
    declared = stack(FUNCTION, url, *gateway(INVOKE.format(qualifier)))
    assert only(declared, "url") is F
    assert only(declared, "stage") is P


def test_a_target_of_another_stack_leaves_it_open_what_is_reached():
    declared = stack(*gateway("arn:aws:apigateway:x:lambda:path/functions/arn:aws:lambda:x:1:function:far/invocations"))
    (found,) = findings(NO_WAY_AROUND, declared)
    assert found.outcome is I
    assert "which this stack does not declare" in found.message


def test_a_balancer_that_may_be_internal_is_neither_open_nor_closed():
    balancer = declare(aws.BALANCERS[0], "lb", {"loadBalancerType": "network", "internal": UNKNOWN})
    listener = declare(aws.LISTENERS[0], "l", {}, {"loadBalancerArn": (balancer,), "defaultActions": ()})
    group = declare(aws.TARGET_GROUPS[0], "g")
    joined = declare(aws.ATTACHMENTS[0], "a", {}, {"targetGroupArn": (group,), "targetId": (FUNCTION,)})
    rule = declare(aws.LISTENER_RULES[0], "r", {}, {"listenerArn": (listener,), "actions": (group,)})
    declared = stack(FUNCTION, balancer, listener, group, joined, rule, *gateway(INVOKE.format("")))
    (found,) = (f for f in findings(NO_WAY_AROUND, declared) if f.subject.label().endswith(" lb"))
    assert found.outcome is I
    assert "unknown until deploy" in found.message


def test_an_entry_that_reaches_nothing_of_ocpi_is_no_pass_in_a_stack_seen_in_part():
    url = declare(aws.FUNCTION_URL, "url", {"functionName": "shop", "authorizationType": "NONE"})
    shop = declare(aws.FUNCTION, "shop", {"name": "shop"})
    assert only(stack(FUNCTION, shop, url, *gateway(INVOKE.format(""))), "url") is P
    assert only(stack(FUNCTION, shop, url, *gateway(INVOKE.format("")), missing=("it stopped",)), "url") is I


def test_a_way_is_carried_hop_by_hop_beside_the_sentence():
    for declared in stacks("entry_points").values():
        for finding in findings(NO_WAY_AROUND, declared):
            told = finding.message.rpartition(": ")[2]
            assert finding.path in ((), ("the internet", *told.split(" -> ")))
            assert finding.path or " -> " not in told
    (around,) = [
        f for f in findings(NO_WAY_AROUND, stacks("entry_points")["function_url_of_an_alias"]) if f.outcome is F
    ]
    assert around.path[0] == "the internet"
    assert around.path[1].startswith("FunctionUrl ")
    assert around.path[-1].startswith("Function ")


@pytest.mark.parametrize(
    "case, expected",
    [
        ("cluster_beside_the_gateway", P),
        ("cluster_that_answers_everybody", F),
        ("cluster_that_answers_halves_of_everybody", F),
        ("cluster_that_answers_operators", P),
    ],
)
def test_an_api_server_of_kubernetes_answers_named_networks_only(case, expected):
    assert outcomes(CLUSTERS, "entry_points", case) == {"pods": expected}


def test_from_where_an_api_server_is_reached_may_be_unknown():
    cluster = declare("aws:eks/cluster:Cluster", "pods", {"vpcConfig": {"publicAccessCidrs": UNKNOWN}})
    stack = DeclaredResources(stack="small/test", source="pulumi preview", resources=(cluster,))
    assert [one.outcome for one in findings(CLUSTERS, stack)] == [I]


def test_settings_of_an_environment_may_be_unknown():
    environment = declare("aws:elasticbeanstalk/environment:Environment", "ocpi", {"settings": UNKNOWN})
    stack = DeclaredResources(stack="small/test", source="pulumi preview", resources=(environment,))
    (finding,) = findings(NO_WAY_AROUND, stack)
    assert (finding.outcome, "its settings are unknown until deploy" in finding.message) == (I, True)
