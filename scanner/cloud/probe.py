"""The declared-cloud probe: loads each configured input, records what it declares, lets Checkov judge it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from scanner.cloud.bridge.plan_writer import PlanCoverage, write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import TOOL, CheckovAnswer, CheckovFailed, CheckovSettings, tool_verdicts
from scanner.cloud.checkov_jobs import CheckovJobs
from scanner.cloud.code_comments import code_comments
from scanner.cloud.declared import Declared, ForCheckov, NotDeclared
from scanner.cloud.gaps import unjudged
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.native.translated import translated
from scanner.cloud.place import Place
from scanner.cloud.suspects import suspected_secrets
from scanner.model.cloud_input import CloudInput, sources_of
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CLOUD_FACTS, CheckovRun, CodeComments, DeclaredResources
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
                        judged = await asyncio.to_thread(_for_checkov, declared)
                        written = _record_declared(place, declared, judged)
                        await _record_comments(place, one, declared, written)
                        group.create_task(_judge(place, checkov, declared, judged, written))
                        await _record_suspects(place, one, declared, written)
        finally:
            await checkov.close()


def _place(context: ProbeContext, one: CloudInput) -> tuple[Place, CloudInput]:
    subject = StackSubject(environment=context.target.name, stack=loader_of(one).stack(one))
    return Place(context=context, name=one.name, subject=subject), one


async def _judge(
    place: Place, checkov: CheckovJobs, declared: Declared, judged: "_Judged", evidence: tuple[EvidenceRef, ...]
) -> None:
    """What Checkov says, or why it says nothing: its failure must not end what else is looked at."""
    if not judged.document.resources:
        place.unavailable(Reason.NOT_EVALUATED, "it declares no AWS resource that Checkov knows", CheckovRun)
        return
    try:
        answer = await checkov.judge(judged.document)
    except CheckovFailed as failed:
        place.unavailable(Reason.TIMED_OUT if failed.timed_out else Reason.NOT_EVALUATED, str(failed), CheckovRun)
        return
    _record_checkov(place, declared, judged, evidence, answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What Checkov is given, and what of the stack that leaves out (None: it reads the author's own document)."""

    document: ForCheckov
    coverage: PlanCoverage | None
    unmapped: tuple[str, ...]

    @property
    def unjudged(self) -> tuple[str, ...]:
        """One sentence for each kind of thing that is declared and not judged."""
        return (*self.unmapped, *(unjudged(self.coverage) if self.coverage else ()))


async def _declared(place: Place, one: CloudInput) -> Declared | None:
    """Load it; None if there is nothing, which is then recorded."""
    try:
        return translated(await loader_of(one).load(one, place))
    except NotDeclared as nothing:
        place.unavailable(nothing.reason, str(nothing))
        return None


def _for_checkov(declared: Declared) -> _Judged:
    if declared.for_checkov is not None:
        return _Judged(document=declared.for_checkov, coverage=None, unmapped=declared.unmapped)
    plan = write_plan(declared.resources, token_map(), changes=False)
    document = ForCheckov(framework="terraform_plan", document=plan.document, resources=plan.resources)
    return _Judged(document=document, coverage=plan.coverage, unmapped=declared.unmapped)


def _record_declared(place: Place, declared: Declared, judged: _Judged) -> tuple[EvidenceRef, ...]:
    store = place.context.evidence
    told = store.store_document(f"what the {declared.source} declares", Witness.CLOUD_DECLARED, declared.document)
    planned = store.store_document(
        f"what Checkov is given of the {declared.source}", Witness.CLOUD_DECLARED, _plain(judged)
    )
    fact = DeclaredResources(
        stack=place.subject.stack,
        source=declared.source,
        resources=declared.resources,
        missing=declared.missing,
    )
    place.context.record.seen(place.subject, fact, told)
    for tool, version in declared.versions.items():
        place.context.record.tool_version(tool, version)
    return (planned,)


async def _record_comments(
    place: Place, one: CloudInput, declared: Declared, evidence: tuple[EvidenceRef, ...]
) -> None:
    """What the program's source files accept, as far as they are at hand."""
    folder = sources_of(one)
    files, comments = await asyncio.to_thread(code_comments, declared.resources, folder) if folder else ((), ())
    fact = CodeComments(stack=place.subject.stack, files=files, comments=comments)
    place.context.record.seen(place.subject, fact, *evidence)


async def _record_suspects(
    place: Place, one: CloudInput, declared: Declared, evidence: tuple[EvidenceRef, ...]
) -> None:
    """Where secrets may stand in clear, in the stack's files and values; while Checkov judges."""
    settings = ("Pulumi.yaml", f"Pulumi.{place.subject.stack.rpartition('/')[2]}.yaml")
    fact = await asyncio.to_thread(suspected_secrets, place.subject.stack, declared, sources_of(one), settings)
    place.context.record.seen(place.subject, fact, *evidence)


def _plain(judged: _Judged) -> dict[str, Any]:
    addresses: Mapping[str, str] = {address: one.urn for address, one in judged.document.resources.items()}
    coverage = asdict(judged.coverage) if judged.coverage else {}
    return {"plan": judged.document.document, "coverage": {**coverage, "addresses": addresses}}


def _record_checkov(
    place: Place, declared: Declared, judged: _Judged, evidence: tuple[EvidenceRef, ...], answer: CheckovAnswer
) -> None:
    """Every verdict of Checkov, and the fact that it answered."""
    resources = judged.document.resources
    told = place.context.evidence.store_document(
        f"Checkov's answers on {place.name}", Witness.CLOUD_DECLARED, answer.document
    )
    environment = place.context.target.name
    for verdict in tool_verdicts(answer, resources, environment, (told, *evidence), declared.missing):
        place.context.record.tool_verdict(verdict)
    rules = frozenset(str(one["rule"]) for one in answer.results)
    fact = CheckovRun(
        version=answer.version,
        policies=len(rules),
        resources=len(resources),
        not_judged=judged.unjudged,
        silent=tuple(sorted({rule for rule, _ in answer.missing} | answer.raised)),
    )
    place.context.record.seen(place.subject, fact, told)
    place.context.record.tool_version(TOOL, answer.version)
