"""The door to Checkov: a job for the worker process, its answer as tool verdicts with the program's own lines."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanner.gate.process import ProcessResult
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.intent import ProcessIntent
from scanner.model.resource import Resource, unknown_leaves
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict
from scanner.model.witness import Witness

TOOL: Final = "checkov"
_WORKER: Final = Path(__file__).with_name("checkov_worker.py")
_STDERR_SHOWN: Final = 400  # characters
_OUTCOMES: Final = {"PASSED": ToolOutcome.PASS, "FAILED": ToolOutcome.FAIL}
_SEVERITIES: Final = {one.value: one for one in Severity}


class CheckovFailed(RuntimeError):
    """Checkov gave no usable answer; the message is one sentence for the report. `timed_out`: it had to be ended."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovSettings:
    """`policies`: folders of policies of our own. `python`: an interpreter that has Checkov (None: this one)."""

    policies: tuple[Path, ...] = ()
    python: Path | None = None
    timeout_s: float = 180.0
    memory_bytes: int = 4 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovAnswer:
    """`results`: one mapping per policy and address, UNKNOWN ones too. `missing`: pairs that gave no result at all.

    `raised`: ids of policies that ended in an exception. `document`: everything, as evidence.
    """

    version: str
    results: tuple[Mapping[str, Any], ...]
    missing: tuple[tuple[str, str], ...]
    raised: frozenset[str]
    document: Mapping[str, Any]


def checkov_intent(settings: CheckovSettings, plan: Path, wait_s: float, environment: str) -> ProcessIntent:
    """The worker as the gate is asked for it: it loads at once and waits up to `wait_s` for the file `plan`."""
    job = {"plan": str(plan), "wait_s": wait_s, "policies": [str(folder) for folder in settings.policies]}
    return ProcessIntent(
        effect=Effect.READ,
        environment=environment,
        probe="cloud-declared",
        purpose="judge the declared resources by Checkov's policies, offline",
        argv=(str(settings.python or sys.executable), "-I", str(_WORKER)),
        stdin=json.dumps(job).encode(),
        timeout_s=wait_s + settings.timeout_s,
        memory_bytes=settings.memory_bytes,
    )


def hand_over(plan: Path, document: Mapping[str, Any]) -> None:
    """Give the waiting worker its plan: complete from the moment it is there, readable by us alone."""
    part = plan.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file)
    part.replace(plan)


def call_off(plan: Path) -> None:
    """Tell the waiting worker that there will be no plan."""
    plan.with_suffix(".cancelled").touch(mode=0o600)


def read_answer(result: ProcessResult) -> CheckovAnswer:
    """The worker's answer.

    Raises: CheckovFailed if it crashed, timed out, could not read the plan, or judged nothing of what is in it.
    """
    try:
        document = json.loads(result.stdout)
        answer = CheckovAnswer(
            version=document["version"],
            results=tuple(document["results"]),
            missing=tuple((rule, address) for rule, address in document["missing"]),
            raised=frozenset(rule for rule, _ in document["raised"]),
            document=document,
        )
    except (ValueError, KeyError, TypeError):
        raise _failed(result) from None
    if document["unread"]:
        raise CheckovFailed("Checkov could not read the plan that was made for it")
    if not answer.results:
        raise CheckovFailed(f"Checkov {answer.version} gave no result for {document['resources']} resources")
    return answer


def _failed(result: ProcessResult) -> CheckovFailed:
    if result.timed_out:
        return CheckovFailed("Checkov had to be ended because its time was up", timed_out=True)
    said = result.stderr.decode(errors="replace").strip().splitlines()
    last = said[-1][:_STDERR_SHOWN] if said else f"exit code {result.exit_code}"
    if "No module named 'checkov'" in last:
        return CheckovFailed("Checkov is not installed for the configured interpreter: `pip install checkov`")
    return CheckovFailed(f"Checkov gave no answer: {last}")


def tool_verdicts(
    answer: CheckovAnswer, resources: Mapping[str, Resource], environment: str, evidence: Sequence[EvidenceRef]
) -> Iterator[ToolVerdict]:
    """One verdict per policy and resource, with the line of the program that declares it.

    A policy that gave UNKNOWN on a resource of which everything is known says that it does not apply, and is left to
    the evidence; on one with unknown values, and where it raised or was silent, it gave no answer.
    """
    for result in answer.results:
        resource = resources.get(result["resource"])
        if resource is None:
            continue
        outcome = _OUTCOMES.get(result["result"], ToolOutcome.NO_ANSWER)
        why = _why(result, answer, resource)
        if outcome is not ToolOutcome.NO_ANSWER or why:
            yield _verdict(answer, resource, environment, evidence, {**result, "outcome": outcome, "why": why})
    for rule, address in answer.missing:
        gap = {
            "rule": rule,
            "title": rule,
            "outcome": ToolOutcome.NO_ANSWER,
            "why": "it gave no result",
            "severity": None,
        }
        yield _verdict(answer, resources[address], environment, evidence, gap)


def _why(result: Mapping[str, Any], answer: CheckovAnswer, resource: Resource) -> str:
    """What a person should know beside the outcome; for an UNKNOWN, why it is one ("" if the policy does not apply)."""
    if result["result"] in _OUTCOMES:
        looked_at = "; ".join(result["details"]) or ", ".join(sorted(set(result["keys"])))
        return f"Checkov looked at {looked_at}" if looked_at else ""
    if result["rule"] in answer.raised:
        return "the policy raised an exception"
    unknown = ", ".join(unknown_leaves(resource.inputs))
    return f"unknown until deploy: {unknown}" if unknown else ""


def _verdict(
    answer: CheckovAnswer,
    resource: Resource,
    environment: str,
    evidence: Sequence[EvidenceRef],
    result: Mapping[str, Any],
) -> ToolVerdict:
    return ToolVerdict(
        tool=TOOL,
        tool_version=answer.version,
        rule=result["rule"],
        title=result["title"],
        outcome=result["outcome"],
        subject=ResourceSubject(environment=environment, stack=resource.stack, urn=resource.urn),
        witness=Witness.CLOUD_DECLARED,
        evidence=tuple(evidence),
        detail=result["why"],
        severity=_SEVERITIES.get(result["severity"] or ""),
        position=resource.position,
    )
