"""Who refers to whom: by what flows into a property, and by every literal that means a resource."""

from dataclasses import replace

import pytest

from checks.resource_graph import types as aws
from checks.resource_graph.index import index_of, once_a_stack
from checks.resource_graph.stack import Stack, refers
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import CloudValue
from tests.scanner.cloud.declared import declare

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:ocpi"
FUNCTION = declare(aws.FUNCTION, "f", {"name": "ocpi"}, outputs={"arn": ARN, "invokeArn": "arn:aws:invoke"})
BALANCER = declare(aws.BALANCERS[0], "lb", outputs={"dnsName": "Inside-1.elb.amazonaws.com"})
URL = declare(aws.FUNCTION_URL, "url", outputs={"functionUrl": "https://abc.lambda-url.eu-central-1.on.aws/"})
USER = "aws:apigateway/integration:Integration"


@pytest.mark.parametrize(
    "target, value",
    [
        (FUNCTION, "f-id-0123"),
        (FUNCTION, ARN),
        (FUNCTION, f"{ARN}:live"),
        (FUNCTION, f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{ARN}/invocations"),
        (FUNCTION, f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{ARN}:live/invocations"),
        (FUNCTION, "ocpi"),
        (FUNCTION, ({"nested": ("x", {"deep": ARN})},)),
        (BALANCER, "http://inside-1.elb.amazonaws.com:8080/ocpi/{proxy}"),
        (URL, "abc.lambda-url.eu-central-1.on.aws"),
    ],
)
def test_a_literal_that_means_a_resource_refers_to_it(target, value):
    source = declare(USER, "i", {"uri": value})
    assert refers(source, "uri", target)
    stack = Stack(declared=DeclaredResources(stack="s/t", source="state", resources=(source, FUNCTION, BALANCER, URL)))
    assert stack.referred(source, "uri", target.token) == (target,)
    assert stack.referring(target, "uri", USER) == (source,)
    assert stack.referred(source, "other", target.token) == ()


@pytest.mark.parametrize("value", [None, "", "oc", f"{ARN}-old", "https://elsewhere.example.com/", 7, ("ocpi-other",)])
def test_what_only_looks_like_it_refers_to_nothing(value: CloudValue):
    source = declare(USER, "i", {"uri": value})
    stack = Stack(declared=DeclaredResources(stack="s/t", source="state", resources=(source, FUNCTION, BALANCER)))
    assert not refers(source, "uri", FUNCTION)
    assert stack.outgoing(source) == ()


def test_what_flows_into_a_property_refers_also_where_its_value_is_not_known():
    source = declare(USER, "i", {}, {"uri": (FUNCTION,)})
    stack = Stack(declared=DeclaredResources(stack="s/t", source="preview", resources=(FUNCTION, source)))
    assert stack.referring(FUNCTION, "uri", USER) == (source,)
    assert [(each.name, each.source) for each in stack.incoming(FUNCTION)] == [("uri", source)]


def test_resources_of_several_types_come_in_the_order_of_the_stack():
    resources = (URL, BALANCER, FUNCTION)
    stack = Stack(declared=DeclaredResources(stack="s/t", source="state", resources=resources))
    assert stack.of(aws.FUNCTION, aws.FUNCTION_URL, *aws.BALANCERS) == resources


def test_what_follows_from_a_stack_is_found_once_and_for_that_stack_only():
    asked = []

    @once_a_stack
    def count(declared: DeclaredResources) -> int:
        asked.append(declared.stack)
        return len(declared.resources)

    one, other = (DeclaredResources(stack=name, source="state", resources=(URL,)) for name in ("s/t", "s/t"))
    assert [count(one), count(one), count(other)] == [1, 1, 1]
    assert len(asked) == 2
    assert index_of(one) is index_of(one)
    assert index_of(one) is not index_of(other)


def test_a_name_that_everything_has_leads_nowhere_and_takes_no_time():
    alike = tuple(replace(declare(aws.FUNCTION, f"f{n}", {"name": "x", "role": "x"}), id="x") for n in range(5000))
    stack = Stack(declared=DeclaredResources(stack="s/t", source="state", resources=alike))
    assert stack.outgoing(alike[0]) == ()
    assert len(stack.of(aws.FUNCTION)) == 5000
