"""Task definitions and services of ECS: what runs is fixed, or it is not."""

import json

import pulumi
import pulumi_aws as aws

_NAME = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/roaming"
_DIGEST = f"{_NAME}@sha256:{'0f' * 32}"


def fixed() -> None:
    _service(_task({"image": _DIGEST, "readonlyRootFilesystem": True}).arn)


def by_tag() -> None:
    _task({"image": _DIGEST}, {"name": "sidecar", "image": f"{_NAME}:1.2.3"})


def by_tag_and_digest() -> None:
    _task({"image": _DIGEST.replace("@", ":1.2.3@")})


def without_a_tag() -> None:
    _task({"image": _NAME})


def image_of_a_repository() -> None:
    repository = aws.ecr.Repository("roaming")
    written = repository.repository_url.apply(lambda url: json.dumps([{"name": "it", "image": f"{url}:latest"}]))
    aws.ecs.TaskDefinition("it", family="it", container_definitions=written)


def writable() -> None:
    _task({"image": _DIGEST, "readonlyRootFilesystem": True}, {"name": "sidecar", "readonlyRootFilesystem": False})


def writable_unless_said() -> None:
    _task({"image": _DIGEST})


def no_containers() -> None:
    _task()


def shell() -> None:
    _service("arn:aws:ecs:eu-central-1:123456789012:task-definition/it:1", enable_execute_command=True)


def _task(*containers: dict[str, object]) -> aws.ecs.TaskDefinition:
    written = [{"name": "it", **one} for one in containers]
    return aws.ecs.TaskDefinition("it", family="it", container_definitions=json.dumps(written))


def _service(task: object, **more: object) -> None:
    aws.ecs.Service("it", task_definition=task, desired_count=2, launch_type="FARGATE", **more)


globals()[pulumi.Config("case").require("name")]()
