"""What was not seen of a stack, and what Checkov was not given: one sentence each."""

from collections import Counter
from collections.abc import Iterator, Mapping

from scanner.cloud.bridge.plan_writer import PlanCoverage
from scanner.cloud.program import ProgramRun
from scanner.cloud.project import Project

_SHOWN = 5


def unseen(run: ProgramRun) -> tuple[str, ...]:
    """Why the stack may hold more, or other, resources than the run gave."""
    return tuple(_unseen(run))


def _unseen(run: ProgramRun) -> Iterator[str]:
    if run.problem:
        at = f" at {run.problem_at.file}:{run.problem_at.line}" if run.problem_at else ""
        yield f"{run.problem}{at}; what it would have declared after that is not known"
    if run.unanswered:
        yield f"it asks AWS for {_some(dict.fromkeys(run.unanswered, 1))}, which has no answer before a deployment"
    if run.skipped:
        lines = dict.fromkeys((f"{one.file}:{one.line}" for one in run.skipped), 1)
        yield f"it declares resources at {_some(lines)} once a value is known that is unknown until deploy"
    if run.remote:
        names = _some(Counter(run.remote))
        yield f"components that are made by their own provider, whose resources are not seen: {names}"
    if run.refused:
        yield f"it wants to reach {_some(dict.fromkeys(run.refused, 1))}, and is run without a network here"
    if run.transforms_skipped:
        yield "it registers transforms of look-ups, which were not applied"


def unread_config(project: Project) -> tuple[str, ...]:
    """Configuration that the stack has and the run had not."""
    if not project.environments:
        return ()
    names = _some(dict.fromkeys(project.environments, 1))
    return (f"its stack takes config from Pulumi ESC environments ({names}), which were not read",)


def unjudged(coverage: PlanCoverage) -> tuple[str, ...]:
    """Resources and properties that are declared and that Checkov was not given."""
    return tuple(_unjudged(coverage))


def _unjudged(coverage: PlanCoverage) -> Iterator[str]:
    if coverage.unmapped_tokens:
        yield f"AWS resources that the map to Terraform does not know: {_some(coverage.unmapped_tokens)}"
    if coverage.other_providers:
        yield f"resources of other providers: {_some(coverage.other_providers)}"
    if coverage.unmapped_properties:
        names = dict.fromkeys((f"{_short(urn)} {path}" for urn, path in coverage.unmapped_properties), 1)
        yield f"properties that Terraform does not have: {_some(names)}"
    if coverage.hidden_keys:
        names = dict.fromkeys((_short(urn) for urn in coverage.hidden_keys), 1)
        yield f"providers with a secret access key, which may be hard coded: {_some(names)}"
    if coverage.unknown:
        names = dict.fromkeys((f"{_short(urn)} {path}" for urn, path in coverage.unknown), 1)
        yield f"properties unknown until deploy: {_some(names)}"


def _short(urn: str) -> str:
    return urn.rpartition("::")[2]


def _some(counts: Mapping[str, int]) -> str:
    names = [f"{name} ({count})" if count > 1 else name for name, count in sorted(counts.items())]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
