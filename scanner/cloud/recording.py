"""What is recorded of a declared stack: what it declares, what Checkov is given and answers, comments, suspects."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from scanner.cloud.bridge.plan_writer import PlanCoverage, write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import TOOL, CheckovAnswer, tool_verdicts
from scanner.cloud.clear_secrets import clear_secrets
from scanner.cloud.code_comments import code_comments
from scanner.cloud.declared import Declared, ForCheckov
from scanner.cloud.gaps import unjudged
from scanner.cloud.place import Place
from scanner.cloud.secret_detection import DetectedInValues, detected_in_values
from scanner.cloud.suspects import suspected_secrets
from scanner.model.cloud_input import CloudInput, sources_of
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CheckovRun, CodeComments, DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What Checkov is given, and what of the stack that leaves out (None: it reads the author's own document)."""

    document: ForCheckov
    coverage: PlanCoverage | None
    unmapped: tuple[str, ...]

    @property
    def unjudged(self) -> tuple[str, ...]:
        """One sentence for each kind of thing that is declared and not judged."""
        return (*self.unmapped, *(unjudged(self.coverage) if self.coverage else ()))


def for_checkov(declared: Declared) -> Judged:
    """The author's own document where Checkov reads it, a plan that is written from the resources otherwise."""
    if declared.for_checkov is not None:
        return Judged(document=declared.for_checkov, coverage=None, unmapped=declared.unmapped)
    plan = write_plan(declared.resources, token_map(), changes=False)
    document = ForCheckov(framework="terraform_plan", document=plan.document, resources=plan.resources)
    return Judged(document=document, coverage=plan.coverage, unmapped=declared.unmapped)


async def keep_clear_secrets(place: Place, declared: Declared) -> DetectedInValues:
    """What stands in clear is a secret from here on: before anything of the stack is stored."""
    found = await asyncio.to_thread(detected_in_values, declared)
    place.context.gate.keep_secret(await asyncio.to_thread(clear_secrets, declared, found))
    return found


def record_declared(place: Place, declared: Declared, judged: Judged) -> tuple[EvidenceRef, ...]:
    """The resources; gives the evidence of what Checkov is given."""
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


async def record_comments(place: Place, one: CloudInput, declared: Declared, evidence: tuple[EvidenceRef, ...]) -> None:
    """What the program's source files accept, as far as they are at hand."""
    folder = sources_of(one)
    files, comments = await asyncio.to_thread(code_comments, declared.resources, folder) if folder else ((), ())
    fact = CodeComments(stack=place.subject.stack, files=files, comments=comments)
    place.context.record.seen(place.subject, fact, *evidence)


async def record_suspects(
    place: Place, one: CloudInput, declared: Declared, found: DetectedInValues, evidence: tuple[EvidenceRef, ...]
) -> None:
    """Where secrets may stand in clear, in the stack's files and values; while Checkov judges."""
    settings = ("Pulumi.yaml", f"Pulumi.{place.subject.stack.rpartition('/')[2]}.yaml")
    fact = await asyncio.to_thread(suspected_secrets, place.subject.stack, declared, found, sources_of(one), settings)
    place.context.record.seen(place.subject, fact, *evidence)


def _plain(judged: Judged) -> dict[str, Any]:
    addresses: Mapping[str, str] = {address: one.urn for address, one in judged.document.resources.items()}
    coverage = asdict(judged.coverage) if judged.coverage else {}
    return {"plan": judged.document.document, "coverage": {**coverage, "addresses": addresses}}


def record_checkov(
    place: Place, declared: Declared, judged: Judged, evidence: tuple[EvidenceRef, ...], answer: CheckovAnswer
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
