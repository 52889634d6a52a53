from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from tests.infra.applied.parameters import NoSuchParameterError, parameters
from tests.infra.applied.shape_rules import complaints

SESSION = botocore.session.get_session()


def shape_of(service: str, operation: str) -> Any:
    return SESSION.get_service_model(service).operation_model(operation).input_shape


ROLE = {"RoleName": "ocpi-test-service", "AssumeRolePolicyDocument": "{}"}


@pytest.mark.parametrize(
    "changes, said",
    [
        ({}, None),
        ({"RoleName": "ocpi/service"}, "does not match"),
        ({"RoleName": "x" * 65}, "65 characters are more than 64"),
        ({"RoleName": None}, "RoleName: is required and missing"),
        ({"Policy": "{}"}, "there is no such parameter"),
        ({"MaxSessionDuration": 60}, "60 are less than 3600"),
        ({"MaxSessionDuration": "3600"}, "is no integer"),
        ({"Tags": [{"Key": "a"}]}, "Tags[0].Value: is required and missing"),
        ({"Tags": {"a": "b"}}, "is no list"),
        ({"Description": 1}, "is no text"),
    ],
)
def test_a_call_is_held_against_names_types_sizes_and_patterns(changes, said):
    found = [one for one in complaints(shape_of("iam", "CreateRole"), ROLE | changes) if "None is no text" not in one]
    assert [said in one for one in found] == ([] if said is None else [True])


def test_a_word_that_the_service_does_not_know_is_named_with_those_it_knows():
    asked = {"restApiId": "a", "resourceId": "b", "httpMethod": "GET", "type": "LAMBDA"}
    (said,) = complaints(shape_of("apigateway", "PutIntegration"), asked)
    assert said.startswith(".type: 'LAMBDA' is none of HTTP, AWS, MOCK")


def test_every_pattern_of_the_services_in_use_can_be_read():
    """One that cannot would end the comparison with an error: seen here first, by name."""
    from tests.infra.applied.shape_rules import _compiled  # noqa: PLC0415

    found: set[str] = set()
    for service in ("iam", "lambda", "wafv2", "secretsmanager", "logs", "cloudtrail", "network-firewall", "kms"):
        model = SESSION.get_service_model(service)
        shapes = (model.shape_for(name) for name in model.shape_names)
        found |= {shape.metadata["pattern"] for shape in shapes if shape.metadata.get("pattern")}
    assert len(found) > 100
    for pattern in found:
        _compiled(pattern)


def test_inputs_of_the_provider_become_parameters_of_the_call():
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": True}
    inputs = {"bucket": "b", "serverSideEncryptionConfiguration": {"rules": [rule]}}
    assert parameters(shape_of("s3", "PutBucketEncryption"), inputs) == {
        "Bucket": "b",
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]
        },
    }


def test_numbers_lists_of_one_and_singulars_take_the_form_of_the_call():
    inputs = {"functionName": "f", "timeout": 5.0, "vpcConfig": {"subnetIds": "subnet-1"}, "layer": ["a"]}
    assert parameters(shape_of("lambda", "CreateFunction"), inputs) == {
        "FunctionName": "f", "Timeout": 5, "VpcConfig": {"SubnetIds": ["subnet-1"]}, "Layers": ["a"],
    }  # fmt: skip


def test_an_input_that_the_call_has_no_parameter_for_is_refused():
    with pytest.raises(NoSuchParameterError, match=r"\.vpcConfig\.subnets: VpcConfig has"):
        parameters(shape_of("lambda", "CreateFunction"), {"vpcConfig": {"subnets": []}})
