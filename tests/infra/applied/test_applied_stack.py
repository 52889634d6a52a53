"""The shipped examples, applied to moto: every call as the services' models want it, read back, and walked through."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import pytest

from tests.infra.applied.documented import untold
from tests.infra.applied.looked_at import LookedAt, looked_at
from tests.infra.applied.walk import LOCATION, PARTNER
from tests.infra.recorded_program import PYTHON

PARTNERS = 3  # of each shipped example, the scanner among them

# What was sent and does not come back: moto drops it. When it learns one of them, the test here says so.
LOST = {
    "the TLS policy of the REST API": lambda facts: "securityPolicy" in facts["gateway"]["api"],
    "the access mode of API and domain": lambda facts: any(
        "endpointAccessMode" in one for one in (facts["gateway"]["api"], *facts["gateway"]["domains"])
    ),
    "dead-letter queue and log group of a function": lambda facts: any(
        {"DeadLetterConfig", "LoggingConfig"} & one.keys() for one in facts["functions"]
    ),
}


@pytest.fixture(scope="session", params=["test", pytest.param("prod", marks=pytest.mark.slow)])
def look(request: pytest.FixtureRequest) -> LookedAt:
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    return looked_at(request.param)


@pytest.fixture
def facts(look: LookedAt) -> Any:
    return look.facts


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> str:
    """The one that `look` applied."""
    applied: str = request.node.callspec.params["look"]
    return applied


def test_every_call_is_as_the_services_models_want_it(look: LookedAt):
    assert look.complaints == ()
    assert look.applied > 200
    assert len(look.calls) >= look.applied


def test_every_input_has_the_type_that_the_sdk_declares(look: LookedAt):
    assert look.sdk_complaints == ()


def test_no_input_was_left_out_of_all_calls(look: LookedAt):
    assert look.overlooked == ()


def test_what_moto_cannot_show_is_in_the_documentation(look: LookedAt):
    assert untold(look.calls, *LOST) == []


@pytest.mark.parametrize("what", LOST)
def test_what_moto_drops_is_still_dropped(facts: Any, what: str):
    assert not LOST[what](facts)


# --- read back --------------------------------------------------------------------------------------------------------


def test_every_method_asks_the_authoriser_counts_and_validates(facts: Any):
    gateway = facts["gateway"]
    (authorizer,) = gateway["authorizers"]
    assert len(gateway["methods"]) > 20
    for method in gateway["methods"]:
        assert (method["authorizationType"], method["authorizerId"]) == ("CUSTOM", authorizer["id"])
        assert method["apiKeyRequired"] is True
        assert method["requestValidatorId"]
        assert method["methodIntegration"]["type"] == "AWS_PROXY"
        assert "-service/invocations" in method["methodIntegration"]["uri"]
    assert (authorizer["type"], authorizer["authorizerResultTtlInSeconds"]) == ("REQUEST", 30)
    assert "-authoriser/invocations" in authorizer["authorizerUri"]


def test_bodies_are_validated_whatever_they_call_themselves(facts: Any):
    names = {model["name"] for model in facts["gateway"]["models"]}
    with_body = [m for m in facts["gateway"]["methods"] if m["verb"] in {"POST", "PUT", "PATCH"}]
    assert with_body
    for method in with_body:
        models = method["requestModels"]
        assert models.keys() == {"application/json", "$default"}
        assert set(models.values()) <= names


def test_partners_come_in_through_the_domain_and_the_firewall_only(facts: Any):
    gateway = facts["gateway"]
    assert gateway["api"]["disableExecuteApiEndpoint"] is True
    assert gateway["api"]["apiKeySource"] == "AUTHORIZER"
    (domain,), (firewall,), (stage,) = gateway["domains"], gateway["firewalls"], gateway["stages"]
    assert "TLS13" in domain["securityPolicy"]
    assert firewall["DefaultAction"] == {"Block": {}}
    assert firewall["VisibilityConfig"]["SampledRequestsEnabled"] is False
    assert stage["webAclArn"] == firewall["ARN"]
    assert stage["tracingEnabled"] is True
    assert "$context.path" not in stage["accessLogSettings"]["format"]
    assert stage["methodSettings"]["*/*"]["dataTraceEnabled"] is False


def test_every_partner_has_its_own_throttled_plan_with_one_key(facts: Any):
    plans = facts["gateway"]["plans"]
    assert len(plans) == PARTNERS
    assert all(plan["throttle"]["rateLimit"] > 0 and len(plan["keys"]) == 1 for plan in plans)
    assert len({plan["keys"][0]["value"] for plan in plans}) == PARTNERS


def test_tables_are_encrypted_with_the_own_key_kept_and_recoverable(facts: Any):
    key = next(key["Arn"] for alias, key in facts["keys"].items() if alias.endswith("-data"))
    refused = next(key["Arn"] for alias, key in facts["keys"].items() if alias.endswith("-quarantine"))
    assert len(facts["tables"]) == 3
    for name, table in facts["tables"].items():
        assert table["SSEDescription"]["KMSMasterKeyArn"] == (refused if name.startswith("quarantine") else key)
        assert table["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert table["DeletionProtectionEnabled"] is True
        assert table["ttl"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_keys_rotate_and_are_administered_by_the_own_account_only(facts: Any):
    assert len(facts["keys"]) == 7
    for name, key in facts["keys"].items():
        assert key["rotates"] is (True if name.startswith("alias/") else None)  # an HMAC key cannot rotate by itself
        roots = [s["Principal"]["AWS"] for s in key["policy"]["Statement"] if "AWS" in s["Principal"]]
        assert roots == [f"arn:aws:iam::{facts['account']}:root"]


def test_secrets_have_the_own_key_and_rotate(facts: Any):
    key = next(key["Arn"] for alias, key in facts["keys"].items() if alias.endswith("-secrets"))
    assert len(facts["secrets"]) == PARTNERS
    for secret in facts["secrets"]:
        assert secret["KmsKeyId"] == key
        assert secret["RotationEnabled"] is True
        assert secret["RotationRules"]["AutomaticallyAfterDays"] <= 90
        assert secret["RotationLambdaARN"].endswith("-rotation")


def test_functions_are_bounded_traced_and_called_by_their_one_caller(facts: Any):
    callers = {}
    for function in facts["functions"]:
        assert function["concurrency"] >= 1
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert "KMSKeyArn" in function
        (statement,) = function["policy"]["Statement"]
        assert "AWS:SourceArn" in statement["Condition"]["ArnLike"]
        callers[function["FunctionName"].rpartition("-")[2]] = statement["Principal"]["Service"]
    assert callers == {
        "authoriser": "apigateway.amazonaws.com",
        "service": "apigateway.amazonaws.com",
        "rotation": "secretsmanager.amazonaws.com",
    }


def test_roles_of_functions_have_the_boundary_and_no_action_on_everything(facts: Any):
    for role in facts["roles"]:
        for document in role["inline"]:
            assert not [s for s in document["Statement"] if s["Resource"] == "*" or "*" in s["Resource"]]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"].get("Service") == "lambda.amazonaws.com":
            assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("-boundary")


def test_nothing_comes_into_the_network_and_the_default_group_is_empty(facts: Any):
    groups = facts["network"]["groups"]
    (default,) = [group for group in groups if group["GroupName"] == "default"]
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])
    for group in groups:
        for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
            assert (rule["IpRanges"], rule["Ipv6Ranges"]) == ([], [])
    isolated = [route for table in facts["network"]["routes"] for route in table["Routes"] if "GatewayId" in route]
    assert {route["GatewayId"][:4] for route in isolated} <= {"loca", "igw-", "vpce"}
    assert [log["TrafficType"] for log in facts["network"]["flow_logs"]] == ["ALL"]


def test_logs_are_encrypted_and_kept_and_every_alarm_tells_somebody(facts: Any):
    key = next(key["Arn"] for alias, key in facts["keys"].items() if alias.endswith("-logs"))
    for group in facts["logs"]["groups"]:
        assert (group["kmsKeyId"], group["retentionInDays"] >= 365) == (key, True), group["logGroupName"]
    (topic,) = facts["topics"]
    assert len(facts["logs"]["alarms"]) >= 12
    for alarm in facts["logs"]["alarms"]:
        assert alarm["AlarmActions"] == [topic["TopicArn"]]
    metrics = {t["metricName"] for f in facts["logs"]["filters"] for t in f["metricTransformations"]}
    watched = {alarm.get("MetricName") for alarm in facts["logs"]["alarms"]}
    assert metrics <= watched


def test_the_trail_records_everywhere_into_a_locked_bucket(facts: Any, environment: str):
    (trail,) = facts["trails"]
    (reads,) = [one for one in trail["chosen"] if one["Name"] == "reads-of-records"]
    assert {"Field": "resources.ARN", "StartsWith": [f"arn:aws:s3:::ocpi-{environment}-"]} in reads["FieldSelectors"]
    assert trail["status"]["IsLogging"] is True
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    (bucket,) = [one for one in facts["buckets"] if one["name"] == trail["S3BucketName"]]
    assert bucket["versioning"] == "Enabled"
    assert set(bucket["public_access"].values()) == {True}
    assert bucket["lock"]["Rule"]["DefaultRetention"]["Days"] >= 365
    assert bucket["encryption"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == trail["KmsKeyId"]


def test_queues_and_topics_refuse_plaintext(facts: Any):
    for one in (*facts["queues"], *facts["topics"]):
        conditions = [s.get("Condition") for s in one["Policy"]["Statement"] if s["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in conditions


# --- a partner's requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked, status, by",
    [
        ("no header", 401, "UNAUTHORIZED"),
        ("wrong token", 401, "UNAUTHORIZED"),
        ("no route", 403, "MISSING_AUTHENTICATION_TOKEN"),
        ("versions", 200, "service"),
        ("module with a first token", 403, "ACCESS_DENIED"),
        ("module within the cache", 403, "ACCESS_DENIED"),
        ("written", 201, "service"),
        ("read", 200, "service"),
        ("unknown field", 200, "service"),
        ("wrong body", 400, "BAD_REQUEST_BODY"),
        ("wrong body as text", 400, "BAD_REQUEST_BODY"),
        ("not in the contract", 403, "ACCESS_DENIED"),
        ("revoked", 401, "UNAUTHORIZED"),
    ],
)
def test_a_request_through_gateway_authoriser_and_service(look: LookedAt, asked: str, status: int, by: str):
    answer = look.walked[asked]
    assert (answer.status, answer.by) == (status, by), answer.body


def test_what_was_written_is_read_and_only_by_token(look: LookedAt):
    assert json.loads(look.walked["read"].body)["data"] == LOCATION
    assert json.loads(look.walked["versions"].body)["data"]


def test_the_gateways_own_answers_are_ocpi_say_nothing_and_are_not_stored(look: LookedAt):
    own = [answer for answer in look.walked.values() if answer.by != "service"]
    assert len(own) > 5
    for answer in own:
        assert json.loads(answer.body)["status_code"] in {2000, 2001}
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert look.walked["no header"].headers["WWW-Authenticate"] == "Token"


def test_the_authoriser_is_asked_once_while_its_answer_is_remembered(look: LookedAt):
    asked = Counter(event["headers"]["Authorization"] for event in look.events if event.get("type") == "REQUEST")
    own = "Token " + base64.b64encode(look.token.encode()).decode()
    assert asked[own] == 3  # at first, half a minute later, and after the kill switch
    assert "authorizer" not in look.events[0]["requestContext"]


def test_the_service_is_told_who_calls_by_the_gateway(look: LookedAt):
    told = [event["requestContext"]["authorizer"] for event in look.events if "authorizer" in event["requestContext"]]
    assert told
    assert {(one["principalId"], one["partner"]) for one in told} == {(PARTNER, PARTNER)}


def test_what_answered_was_the_code_that_was_deployed(look: LookedAt):
    """`Functions` refuses an archive of another digest than the account tells, and a module from elsewhere."""
    ran = {name.rpartition("-")[2]: modules for name, modules in look.ran.items()}
    assert ran.keys() == {"authoriser", "service", "rotation"}
    for name, handler in (("authoriser", "authoriser"), ("rotation", "rotation"), ("service", "service_on_lambda")):
        assert f"infra.{handler}.handler" in ran[name]
    assert not [m for m in (*ran["authoriser"], *ran["rotation"]) if m.startswith("infra.service")]
    assert not [m for m in ran["authoriser"] if m.startswith("infra.rotation")]
