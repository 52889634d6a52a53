"""What runs in a container is what was looked at: the same bytes tomorrow, a file system nobody writes, no shell."""

from collections.abc import Callable, Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.container_definitions import Container, containers_of, with_containers
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_CONTROLS: Final = ("OCPI-BP-06", "OCPI-VUL-23")
_OfContainer = Callable[[str, Container], Judgement]


def _by_digest(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return _of_tasks(case, _pinned)


def _pinned(name: str, container: Container) -> Judgement:
    image = container.get("image", UNKNOWN)
    if not isinstance(image, str):
        return unknown(f"the image of container {name}")
    if "@sha256:" in image:
        return passes("each of its images is named by its digest")
    return fails(f"container {name} runs {image}: a tag, which can be moved to another image")


def _read_only(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return _of_tasks(case, _unwritten)


def _unwritten(name: str, container: Container) -> Judgement:
    value = container.get("readonlyRootFilesystem", False)
    value = True if value == "true" else value  # CloudFormation takes either
    if value is UNKNOWN:
        return unknown(f"whether the root file system of container {name} can be written")
    if value is True:
        return passes("the root file systems of its containers cannot be written")
    return fails(f"the root file system of container {name} can be written")


def _of_tasks(case: Case[DeclaredResources], judge: _OfContainer) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    judged = with_containers(stack)
    return judge_each(case, judged, "task definition with containers", lambda one: _each_container(one, judge))


def _each_container(task: Resource, judge: _OfContainer) -> Judgement:
    containers = containers_of(task)
    said = [judge(str(one.get("name", "")), one) for one in containers.known]
    return worst([*said, undecided(containers.doubt)] if containers.doubt else said) or undecided(containers.doubt)


def _no_shell(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(aws.CONTAINERS), "container service", _shut)


def _shut(one: Resource) -> Judgement:
    value = one.get("enableExecuteCommand")
    if value is UNKNOWN:
        return unknown("whether a shell can be opened in its containers")
    if value is True:
        return fails("a shell can be opened in its containers (enable_execute_command)")
    return passes("no shell can be opened in its containers")


BY_DIGEST: Final = Check(
    id="cloud-containers-image-by-digest",
    title="Containers run images that are named by their digest",
    controls=_CONTROLS,
    severity=Severity.MEDIUM,
    source="Amazon ECS Developer Guide, task definition parameters: image; OCI distribution specification, digests",
    looks_at=_NEEDS,
    judge=_by_digest,
    remediation="Name the image by its digest, NAME@sha256:.., and change it by a deployment.",
    witness=Witness.CLOUD_DECLARED,
)
READ_ONLY: Final = Check(
    id="cloud-containers-read-only",
    title="Nobody can write to the root file system of a container",
    controls=_CONTROLS,
    severity=Severity.MEDIUM,
    source="Amazon ECS Developer Guide, task definition parameters: readonlyRootFilesystem",
    looks_at=_NEEDS,
    judge=_read_only,
    remediation="Set readonlyRootFilesystem, and mount a volume where the program has to write.",
    witness=Witness.CLOUD_DECLARED,
)
NO_SHELL: Final = Check(
    id="cloud-containers-no-shell",
    title="Nobody can open a shell in a running container",
    controls=_CONTROLS,
    severity=Severity.MEDIUM,
    source="Amazon ECS Developer Guide, ECS Exec",
    looks_at=_NEEDS,
    judge=_no_shell,
    remediation="Leave enable_execute_command off; look at logs, and deploy what is to be tried.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (BY_DIGEST, READ_ONLY, NO_SHELL)
