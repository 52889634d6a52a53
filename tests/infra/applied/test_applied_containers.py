"""An environment that runs a container of the user's own, applied to moto: each call as the models want it, read back.

The image is never started: moto runs no containers, and the way from a VPC link to a balancer is AWS's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from moto import mock_aws

from tests.infra.applied.account import Account
from tests.infra.applied.apply import Applied, apply
from tests.infra.applied.documented import untold
from tests.infra.applied.looked_at import MOTO, functions_of
from tests.infra.applied.private_way import Balancer, Forwarded, forwarded, values_of
from tests.infra.applied.read_back import read_back
from tests.infra.applied.rest_gateway import HttpAnswer
from tests.infra.applied.walk import LOCATION, PARTNER, Walk
from tests.infra.container_config import DIGEST, HOST, with_calling_container
from tests.infra.recorded_program import PYTHON
from tests.targets.tls_certificates import CertificatePlan, issue

pytestmark = pytest.mark.slow

LOST = "link and balancer of a private integration"
ASKED = "/ocpi/emsp/2.2.1/locations/FR/EXC/LOC 1"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    chain, key = issue(CertificatePlan(names=(HOST,), key="rsa-2048"), tmp_path_factory.mktemp("certificate"), "host")
    with mock_aws(config=MOTO):
        config = with_calling_container()
        account = Account(account_id=config["accountId"], region=config["region"])
        manager = account.client("acm")
        imported = manager.import_certificate(Certificate=chain.read_bytes(), PrivateKey=key.read_bytes())
        yield apply(with_calling_container(certificateArn=imported["CertificateArn"]))


def test_every_call_is_as_the_services_models_want_it(applied: Applied):
    assert (applied.account.complaints, applied.sdk_complaints, applied.overlooked) == ([], [], [])
    assert untold(applied.account.calls, LOST) == []


def test_each_method_is_handed_over_through_the_link_by_name(applied: Applied):
    asked = [call.parameters for call in applied.account.calls if call.operation == "PutIntegration"]
    (link,) = applied.account.client("apigatewayv2").get_vpc_links()["Items"]
    (balancer,) = applied.account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert len(asked) > 20
    for one in asked:
        assert (one["type"], one["connectionType"], one["connectionId"]) == (
            "HTTP_PROXY",
            "VPC_LINK",
            link["VpcLinkId"],
        )
        assert one["integrationTarget"] == balancer["LoadBalancerArn"]
        assert one["uri"].startswith(f"https://{HOST}/ocpi/")
        assert one["requestParameters"]["integration.request.header.X-Ocpi-Partner"] == "context.authorizer.principalId"


def test_what_moto_drops_is_still_dropped(applied: Applied):
    methods = read_back(applied.account, "gateway")["gateway"]["methods"]
    assert methods
    assert not [one for one in methods if {"connectionId", "integrationTarget"} & one["methodIntegration"].keys()]


@dataclass(slots=True)
class Container:
    """Writes down what arrives."""

    met: list[Forwarded] = field(default_factory=list)

    def __call__(self, request: Forwarded) -> HttpAnswer:
        self.met.append(request)
        return HttpAnswer(status=200, headers={}, body="", by="container")


@pytest.fixture(scope="module")
def container() -> Container:
    return Container()


@pytest.fixture(scope="module")
def walk(applied: Applied, container: Container) -> Iterator[Walk]:
    balancer = Balancer(applied.account, container)
    with closing(functions_of(applied)) as functions:
        walk = Walk(applied.account, functions, with_calling_container()["domainName"], "test")
        walk.gateway.containers = lambda *given: balancer.answer(forwarded(*given))
        walk.register()
        yield walk


def test_a_partners_request_reaches_a_container_as_it_was_sent_and_says_whose_it_is(walk: Walk, container: Container):
    forged = (("X-Ocpi-Partner", "example-emsp"), ("X-Gateway-Request-Id", "made-up"))
    answer = walk.ask("PUT", f"{quote(ASKED)}?a=1", json.dumps(LOCATION), further=forged)
    assert (answer.status, answer.by) == (200, "container"), answer.body
    met = container.met[-1]
    assert (met.method, met.host, met.path, met.query) == ("PUT", HOST, quote(ASKED), "a=1")
    assert json.loads(met.body or "") == LOCATION
    assert met.headers["x-ocpi-partner"] == PARTNER
    assert met.headers["x-gateway-request-id"] not in {"", "made-up"}


@pytest.mark.parametrize("token, status", [(None, 401), ("made-up", 401)])
def test_nobody_reaches_a_container_without_a_token(walk: Walk, container: Container, token: str | None, status: int):
    before = len(container.met)
    assert walk.ask("GET", "/ocpi/versions", token=token).status == status
    assert len(container.met) == before


def test_the_balancer_hands_on_paths_of_ocpi_for_its_own_name_with_or_without_the_stage(
    applied: Applied, container: Container
):
    balancer = Balancer(applied.account, container)

    def asked(path: str, host: str = HOST) -> tuple[str, str]:
        request = Forwarded(method="GET", host=host, path=path, query="", headers={}, body=None)
        answer = balancer.answer(request)
        return answer.by, container.met[-1].path if answer.by == "container" else ""

    assert asked("/ocpi/versions") == ("container", "/ocpi/versions")
    assert asked("/ocpi/ocpi/versions") == ("container", "/ocpi/versions")
    assert asked("/ocpi/ocpi/2.2.1/ocpi/x") == ("container", "/ocpi/2.2.1/ocpi/x")
    assert asked("/admin") == ("balancer", "")
    assert asked("/ocpi/versions", "other.example.com") == ("balancer", "")


def test_the_balancer_is_internal_speaks_tls_both_ways_and_answers_nothing_but_ocpi(applied: Applied):
    client = applied.account.client("elbv2")
    (balancer,) = client.describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    told = client.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    assert {"Key": "routing.http.desync_mitigation_mode", "Value": "strictest"} in told
    (listener,) = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res-PQ")
    assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "404"
    (group,) = client.describe_target_groups()["TargetGroups"]
    assert (group["Protocol"], group["TargetType"], group["HealthCheckProtocol"]) == ("HTTPS", "ip", "HTTPS")
    rules = client.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    forwarding = [rule for rule in rules if rule["Actions"][0]["Type"] == "forward"]
    assert {_paths(rule) for rule in forwarding} == {"/ocpi/ocpi/*", "/ocpi/*"}
    assert {rule["Actions"][0]["TargetGroupArn"] for rule in forwarding} == {group["TargetGroupArn"]}


def _paths(rule: Any) -> str:
    (path,) = [value for one in rule["Conditions"] if one["Field"] == "path-pattern" for value in values_of(one)]
    return str(path)


def test_containers_run_behind_the_firewall_by_digest_and_as_nobody(applied: Applied):
    client = applied.account.client("ecs")
    (cluster,) = client.list_clusters()["clusterArns"]
    (name,) = client.list_services(cluster=cluster)["serviceArns"]
    (service,) = client.describe_services(cluster=cluster, services=[name])["services"]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "DISABLED"
    ec2 = applied.account.client("ec2")
    subnets = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
    assert {tag["Value"] for one in subnets for tag in one["Tags"] if tag["Key"] == "segment"} == {"egress"}
    groups = ec2.describe_security_groups(GroupIds=network["securityGroups"])["SecurityGroups"]
    out = [rule for one in groups for rule in one["IpPermissionsEgress"] if rule.get("IpRanges")]
    assert (len(groups), out) == (2, []), "groups and prefix lists only"
    assert (service["launchType"], service["desiredCount"]) == ("FARGATE", 2)
    task = client.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    (container,) = task["containerDefinitions"]
    assert container["image"].endswith(f"@{DIGEST}")
    assert container["readonlyRootFilesystem"] is True
    assert container["user"] == "10001:10001"
    assert task["executionRoleArn"] != task["taskRoleArn"]


def test_alarms_look_at_the_balancer_and_targets_that_are_there(applied: Applied):
    (balancer,) = applied.account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    client = applied.account.client("cloudwatch")
    named = [f"ocpi-test-{name}" for name in ("service-errors", "service-unhealthy")]
    alarms = client.describe_alarms(AlarmNames=named)["MetricAlarms"]
    assert len(alarms) == len(named)
    for alarm in alarms:
        watched = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        assert watched.keys() == {"LoadBalancer", "TargetGroup"}
        assert balancer["LoadBalancerArn"].endswith(watched["LoadBalancer"])
        assert watched["TargetGroup"].startswith("targetgroup/")


def test_as_many_run_as_are_busy_within_bounds(applied: Applied):
    client = applied.account.client("application-autoscaling")
    (target,) = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)
    (policy,) = client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 60
