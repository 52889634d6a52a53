"""Functions and queues that keep a failure to themselves, and some that do not."""

import json

import pulumi
import pulumi_aws as aws


def bounded() -> None:
    letters = aws.sqs.Queue("letters")
    _function("it", timeout=20, reserved_concurrent_executions=10, dead_letter_config={"target_arn": letters.arn})


def unbounded() -> None:
    _function("it", timeout=60)


def failures_to_a_destination() -> None:
    function = _function("it")
    aws.lambda_.FunctionEventInvokeConfig(
        "config",
        function_name=function.name,
        destination_config={"on_failure": {"destination": "arn:aws:sqs:eu-central-1:123456789012:letters"}},
    )


def called_by_the_gateway_and_by_events() -> None:
    _let_call(_function("it"), "events.amazonaws.com")


def roles_of_their_own() -> None:
    _function("one", role=_role("one").arn)
    _function("two", role=_role("two").arn)


def one_role_for_two() -> None:
    role = _role("both")
    _function("one", role=role.arn)
    _function("two", role=role.arn)


def one_role_by_its_arn() -> None:
    _function("one")
    _function("two")


def queue_with_redrive() -> None:
    letters = aws.sqs.Queue("letters")
    redrive = letters.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5}))
    _consumed(aws.sqs.Queue("work", redrive_policy=redrive), function_response_types=["ReportBatchItemFailures"])


def queue_without_redrive() -> None:
    _consumed(aws.sqs.Queue("work"))


def _let_call(function: aws.lambda_.Function, service: str) -> None:
    aws.lambda_.Permission(
        service.partition(".")[0], function=function.name, action="lambda:InvokeFunction", principal=service
    )


def _consumed(queue: aws.sqs.Queue, **more: object) -> None:
    function = _function("it", dead_letter_config={"target_arn": "arn:aws:sqs:eu-central-1:123456789012:letters"})
    aws.lambda_.EventSourceMapping("mapping", event_source_arn=queue.arn, function_name=function.name, **more)


def _function(name: str, **more: object) -> aws.lambda_.Function:
    given = {"role": "arn:aws:iam::123456789012:role/service", **more}
    function = aws.lambda_.Function(name, name=name, **given)
    aws.lambda_.Permission(
        name, function=function.name, action="lambda:InvokeFunction", principal="apigateway.amazonaws.com"
    )
    return function


def _role(name: str) -> aws.iam.Role:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return aws.iam.Role(name, name=name, assume_role_policy=json.dumps({"Statement": [trust]}))


globals()[pulumi.Config("case").require("name")]()
