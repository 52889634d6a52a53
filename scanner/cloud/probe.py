"""The declared-cloud probe: runs each configured Pulumi program, records what it declares, lets Checkov judge it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from scanner.cloud.bridge.plan_writer import WrittenPlan, write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import (
    TOOL,
    CheckovAnswer,
    CheckovFailed,
    CheckovSettings,
    call_off,
    checkov_intent,
    hand_over,
    read_answer,
    tool_verdicts,
)
from scanner.cloud.gaps import unjudged, unseen
from scanner.cloud.program import ProgramFailed, ProgramRun, program_intent, read_run, stack_of
from scanner.cloud.project import Project, ProjectUnusable, read_project
from scanner.gate.process import ProcessResult
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CLOUD_FACTS, CheckovRun, DeclaredResources
from scanner.model.intent import PlannedRequest, ProcessIntent
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject, StackSubject
from scanner.model.target import EnvironmentTarget, ProgramInput
from scanner.model.witness import Witness
from scanner.probe import ProbeContext

NAME: Final = "cloud-declared"
_SPARE_S: Final = 30.0  # the worker waits a little longer than the program may take


class NotRun(RuntimeError):
    """The gate refused the process or it could not be started; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One program of one environment, and where its facts go."""

    context: ProbeContext
    program: ProgramInput
    subject: StackSubject

    def unavailable(self, reason: Reason, detail: str, *kinds: type) -> None:
        """Every fact that this program should have given, with one reason."""
        for kind in kinds or CLOUD_FACTS:
            self.context.record.unavailable(self.subject, kind, reason, detail)

    async def process(self, intent: ProcessIntent) -> ProcessResult:
        """Through the gate.

        Raises: NotRun.
        """
        try:
            result = await self.context.gate.run_process(intent)
        except OSError as error:
            raise NotRun(f"{intent.argv[0]} cannot be started: {error.strerror}") from error
        if not isinstance(result, ProcessResult):
            raise NotRun(result.detail)
        return result


class DeclaredCloudProbe:
    """Sends nothing to anybody: it runs two child processes for each program, side by side."""

    def __init__(self, checkov: CheckovSettings) -> None:
        self._checkov = checkov

    @property
    def name(self) -> str:
        """`cloud-declared`."""
        return NAME

    @property
    def witness(self) -> Witness:
        """The declared cloud."""
        return Witness.CLOUD_DECLARED

    @property
    def provides(self) -> frozenset[type]:
        """Every fact of `scanner.model.facts.cloud`."""
        return frozenset(CLOUD_FACTS)

    @property
    def after(self) -> frozenset[str]:
        """Nothing: it needs no other probe."""
        return frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line a program; no request leaves the machine."""
        for program in target.programs:
            what = f"run the Pulumi program {program.name} under mocks and judge it by Checkov, both on this machine"
            yield PlannedRequest(probe=NAME, effect=Effect.READ, environment=target.name, what=what, at_most=0)

    async def run(self, context: ProbeContext) -> None:
        """One program after the other: each takes a whole core and its memory."""
        if not context.target.programs:
            nothing = EnvironmentSubject(environment=context.target.name)
            for kind in CLOUD_FACTS:
                context.record.unavailable(nothing, kind, Reason.NOT_CONFIGURED, "no Pulumi program is configured")
        for number, program in enumerate(context.target.programs):
            await self._look_at(context, program, number)

    async def _look_at(self, context: ProbeContext, program: ProgramInput, number: int) -> None:
        subject = StackSubject(environment=context.target.name, stack=stack_of(program))
        place = _Place(context=context, program=program, subject=subject)
        try:
            project = await asyncio.to_thread(read_project, program)
        except ProjectUnusable as unusable:
            missing = "no Python with pulumi" in str(unusable)
            place.unavailable(Reason.MISSING_DEPENDENCY if missing else Reason.UNPARSABLE, str(unusable))
            return
        file = context.scratch / f"plan-{number}.json"
        intent = checkov_intent(self._checkov, file, program.timeout_s + _SPARE_S, context.target.name)
        async with asyncio.TaskGroup() as group:
            worker = group.create_task(_answer(place, intent))
            plan, evidence = await self._declared(place, project)
            if plan is None or not plan.resources:
                call_off(file)
            else:
                await asyncio.to_thread(hand_over, file, plan.document)
        if plan is not None:
            _record_checkov(place, plan, evidence, worker.result())

    async def _declared(self, place: _Place, project: Project) -> tuple[WrittenPlan | None, tuple[EvidenceRef, ...]]:
        """Run the program and record what it declares; None if there is nothing."""
        try:
            result = await place.process(program_intent(place.program, project, token_map(), place.context.target.name))
            run = await asyncio.to_thread(read_run, result, place.program, project)
        except NotRun as refused:
            place.unavailable(Reason.NOT_PERMITTED, str(refused))
            return None, ()
        except ProgramFailed as failed:
            place.unavailable(Reason.TIMED_OUT if failed.timed_out else Reason.UNPARSABLE, str(failed))
            return None, ()
        plan = await asyncio.to_thread(write_plan, run.resources, token_map(), changes=False)
        return plan, _record_program(place, run, plan)


async def _answer(place: _Place, intent: ProcessIntent) -> CheckovAnswer | CheckovFailed:
    """The worker's answer, or why there is none: its failure must not end the program's run."""
    try:
        return read_answer(await place.process(intent))
    except NotRun as refused:
        return CheckovFailed(str(refused))
    except CheckovFailed as failed:
        return failed


def _record_program(place: _Place, run: ProgramRun, plan: WrittenPlan) -> tuple[EvidenceRef, ...]:
    store, name = place.context.evidence, place.program.name
    told = store.store_document(f"what the Pulumi program {name} declares", Witness.CLOUD_DECLARED, run.document)
    written = {"plan": plan.document, "coverage": _plain(plan)}
    planned = store.store_document(f"Terraform plan made from {name}", Witness.CLOUD_DECLARED, written)
    fact = DeclaredResources(
        stack=place.subject.stack,
        source=f"Pulumi program {name}",
        resources=run.resources,
        missing=unseen(run),
    )
    place.context.record.seen(place.subject, fact, told)
    place.context.record.tool_version("pulumi", str(run.document.get("pulumi", "")))
    return (planned,)


def _plain(plan: WrittenPlan) -> dict[str, Any]:
    addresses: Mapping[str, str] = {address: resource.urn for address, resource in plan.resources.items()}
    return {**asdict(plan.coverage), "addresses": addresses}


def _record_checkov(
    place: _Place, plan: WrittenPlan, evidence: tuple[EvidenceRef, ...], answer: CheckovAnswer | CheckovFailed
) -> None:
    """Every verdict of Checkov, and the fact that it answered; or why it did not."""
    if not plan.resources:
        place.unavailable(Reason.NOT_EVALUATED, "the program declares no AWS resource that Checkov knows", CheckovRun)
        return
    if isinstance(answer, CheckovFailed):
        place.unavailable(Reason.TIMED_OUT if answer.timed_out else Reason.NOT_EVALUATED, str(answer), CheckovRun)
        return
    told = place.context.evidence.store_document(
        f"Checkov's answers on {place.program.name}", Witness.CLOUD_DECLARED, answer.document
    )
    for verdict in tool_verdicts(answer, plan, place.context.target.name, (told, *evidence)):
        place.context.record.tool_verdict(verdict)
    rules = frozenset(str(one["rule"]) for one in answer.results)
    fact = CheckovRun(
        version=answer.version,
        policies=len(rules),
        resources=len(plan.resources),
        not_judged=unjudged(plan.coverage),
        silent=tuple(sorted({rule for rule, _ in answer.missing} | answer.raised)),
    )
    place.context.record.seen(place.subject, fact, told)
    place.context.record.tool_version(TOOL, answer.version)
