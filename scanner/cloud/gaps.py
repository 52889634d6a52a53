"""What was not seen of a stack, and what Checkov was not given: one sentence each."""

from collections.abc import Iterator

from scanner.cloud.bridge.plan_writer import PlanCoverage
from scanner.cloud.few_names import few_names
from scanner.cloud.program import ProgramRun
from scanner.cloud.project import Project


def unseen(run: ProgramRun) -> tuple[str, ...]:
    """Why the stack may hold more, or other, resources than the run gave."""
    return tuple(_unseen(run))


def _unseen(run: ProgramRun) -> Iterator[str]:
    if run.problem:
        at = f" at {run.problem_at.file}:{run.problem_at.line}" if run.problem_at else ""
        yield f"{run.problem}{at}; what it would have declared after that is not known"
    if run.unanswered:
        yield f"it asks AWS for {few_names(set(run.unanswered))}, which has no answer before a deployment"
    if run.skipped:
        lines = {f"{one.file}:{one.line}" for one in run.skipped}
        yield f"it declares resources at {few_names(lines)} once a value is known that is unknown until deploy"
    if run.remote:
        names = few_names(run.remote)
        yield f"components that are made by their own provider, whose resources are not seen: {names}"
    if run.refused:
        yield f"it wants to reach {few_names(set(run.refused))}, and is run without a network here"
    if run.transforms_skipped:
        yield "it registers transforms of look-ups, which were not applied"


def unread_config(project: Project) -> tuple[str, ...]:
    """Configuration that the stack has and the run had not."""
    if not project.environments:
        return ()
    names = few_names(set(project.environments))
    return (f"its stack takes config from Pulumi ESC environments ({names}), which were not read",)


def unjudged(coverage: PlanCoverage) -> tuple[str, ...]:
    """Resources and properties that are declared and that Checkov was not given."""
    return tuple(_unjudged(coverage))


def _unjudged(coverage: PlanCoverage) -> Iterator[str]:
    if coverage.unmapped_tokens:
        yield f"AWS resources that the map to Terraform does not know: {few_names(coverage.unmapped_tokens)}"
    if coverage.other_providers:
        yield f"resources of other providers: {few_names(coverage.other_providers)}"
    if coverage.unmapped_properties:
        names = {f"{_short(urn)} {path}" for urn, path in coverage.unmapped_properties}
        yield f"properties that Terraform does not have: {few_names(names)}"
    if coverage.hidden_keys:
        names = {_short(urn) for urn in coverage.hidden_keys}
        yield f"providers with a secret access key, which may be hard coded: {few_names(names)}"
    if coverage.unknown:
        names = {f"{_short(urn)} {path}" for urn, path in coverage.unknown}
        yield f"properties unknown until deploy: {few_names(names)}"


def _short(urn: str) -> str:
    return urn.rpartition("::")[2]
