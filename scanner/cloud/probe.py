"""The declared-cloud probe: loads each configured input, records what it declares, lets Checkov judge it."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from scanner.cloud.checkov import CheckovAnswer, CheckovFailed, CheckovSettings
from scanner.cloud.checkov_jobs import CheckovJobs
from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.native.translated import translated
from scanner.cloud.place import Place
from scanner.cloud.recording import (
    Judged,
    for_checkov,
    keep_clear_secrets,
    record_checkov,
    record_comments,
    record_declared,
    record_suspects,
)
from scanner.cloud.stack_size import refuse_too_many
from scanner.model.cloud_input import CloudInput
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CLOUD_FACTS, CheckovRun
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject, StackSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext

NAME: Final = "cloud-declared"
_SPARE_S: Final = 180.0  # what the worker may live beyond all that it waits for: loading, on a machine that is busy


class DeclaredCloudProbe:
    """Sends nothing to anybody: it runs child processes, side by side."""

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
        """One line an input; no request leaves the machine."""
        for one in target.inputs:
            what = loader_of(one).plan(one)
            yield PlannedRequest(
                probe=NAME, effect=Effect.READ, environment=target.name, what=what, at_least=0, at_most=0
            )

    async def run(self, context: ProbeContext) -> None:
        """One environment by itself."""
        await self.run_all([context])

    async def run_all(self, contexts: Sequence[ProbeContext]) -> None:
        """One input after the other, each may take a whole core and its memory; Checkov judges beside the next one."""
        places = [_place(context, one) for context in contexts for one in context.target.inputs]
        for context in contexts:
            if not context.target.inputs:
                nothing = EnvironmentSubject(environment=context.target.name)
                for kind in CLOUD_FACTS:
                    context.record.unavailable(nothing, kind, Reason.NOT_CONFIGURED, "no declared cloud is configured")
        if places:
            await self._look_at_all(places)

    async def _look_at_all(self, places: Sequence[tuple[Place, CloudInput]]) -> None:
        first = places[0][0]
        waits = sum(loader_of(one).wait_s(one) + self._checkov.timeout_s for _, one in places)
        environments = tuple(dict.fromkeys(place.context.target.name for place, _ in places))
        checkov = CheckovJobs(self._checkov, first.process, first.context.scratch, waits + _SPARE_S, environments)
        checkov.start()
        try:
            async with asyncio.TaskGroup() as group:
                for place, one in places:
                    declared = await _declared(place, one)
                    if declared is not None:
                        judged = await asyncio.to_thread(for_checkov, declared)
                        asked = group.create_task(_asked(checkov, judged))
                        await asyncio.sleep(0)  # Checkov has its document before anybody else has work
                        found = await keep_clear_secrets(place, declared)
                        written = record_declared(place, declared, judged)
                        await record_comments(place, one, declared, written)
                        group.create_task(_judged(place, asked, declared, judged, written))
                        await record_suspects(place, one, declared, found, written)
        finally:
            await checkov.close()


def _place(context: ProbeContext, one: CloudInput) -> tuple[Place, CloudInput]:
    subject = StackSubject(environment=context.target.name, stack=loader_of(one).stack(one))
    return Place(context=context, name=one.name, subject=subject), one


async def _asked(checkov: CheckovJobs, judged: Judged) -> CheckovAnswer | CheckovFailed | None:
    """None where there is nothing to ask; its failure must not end what else is looked at."""
    if not judged.document.resources:
        return None
    try:
        return await checkov.judge(judged.document)
    except CheckovFailed as failed:
        return failed


async def _judged(
    place: Place,
    asked: asyncio.Task[CheckovAnswer | CheckovFailed | None],
    declared: Declared,
    judged: Judged,
    evidence: tuple[EvidenceRef, ...],
) -> None:
    """What Checkov says, or why it says nothing."""
    answer = await asked
    if answer is None:
        place.unavailable(Reason.NOT_EVALUATED, "it declares no AWS resource that Checkov knows", CheckovRun)
    elif isinstance(answer, CheckovFailed):
        place.unavailable(Reason.TIMED_OUT if answer.timed_out else Reason.NOT_EVALUATED, str(answer), CheckovRun)
    else:
        record_checkov(place, declared, judged, evidence, answer)


async def _declared(place: Place, one: CloudInput) -> Declared | None:
    """Load it; None if there is nothing, which is then recorded."""
    try:
        declared = translated(await loader_of(one).load(one, place))
        refuse_too_many(len(declared.resources))
    except NotDeclared as nothing:
        place.unavailable(nothing.reason, str(nothing))
        return None
    return declared
