"""What Checkov answers, as tool verdicts with the program's own lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from scanner.cloud.bridge.names import snake
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import unknown_leaves
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict
from scanner.model.witness import Witness

TOOL: Final = "checkov"
_OUTCOMES: Final = {"PASSED": ToolOutcome.PASS, "FAILED": ToolOutcome.FAIL}
_SEVERITIES: Final = {one.value: one for one in Severity}


class CheckovFailed(RuntimeError):
    """Checkov gave no usable answer; the message is one sentence for the report. `timed_out`: it had to be ended."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovSettings:
    """`policies`: folders of policies of our own. `python`: an interpreter that has Checkov (None: this one).

    `timeout_s`: for one stack. `memory_bytes`: of the worker, and of each stack's own process.
    """

    policies: tuple[Path, ...] = ()
    python: Path | None = None
    timeout_s: float = 180.0
    memory_bytes: int = 4 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovAnswer:
    """`results`: one mapping per policy and address, UNKNOWN ones too. `missing`: pairs that gave no result at all.

    `raised`: ids of policies that ended in an exception. `connecting`: for each policy that asks what a resource is
    connected to, whether such a one has to exist (`exists`) or must not (`not_exists`). `document`: everything, as
    evidence.
    """

    version: str
    results: tuple[Mapping[str, Any], ...]
    missing: tuple[tuple[str, str], ...]
    raised: frozenset[str]
    document: Mapping[str, Any]
    connecting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_answer(document: Mapping[str, Any]) -> CheckovAnswer:
    """The worker's answer to one job.

    Raises: CheckovFailed if it crashed, timed out, could not read the document, or judged nothing of what is in it.
    """
    if document.get("timed_out"):
        raise CheckovFailed("Checkov had to be ended because its time was up", timed_out=True)
    if "failed" in document:
        raise CheckovFailed(f"Checkov gave no answer: {document['failed']}")
    try:
        answer = CheckovAnswer(
            version=document["version"],
            results=tuple(document["results"]),
            missing=tuple((rule, address) for rule, address in document["missing"]),
            raised=frozenset(rule for rule, _ in document["raised"]),
            connecting={rule: tuple(words) for rule, words in document["connecting"].items()},
            document=document,
        )
        unread, resources = document["unread"], document["resources"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CheckovFailed("Checkov gave an answer of another form") from None
    if unread:
        raise CheckovFailed("Checkov could not read the document that it was given")
    if not answer.results:
        raise CheckovFailed(f"Checkov {answer.version} gave no result for {resources} resources")
    return answer


def tool_verdicts(
    answer: CheckovAnswer,
    resources: Mapping[str, Resource],
    environment: str,
    evidence: Sequence[EvidenceRef],
    missing: Sequence[str] = (),
) -> Iterator[ToolVerdict]:
    """One verdict per policy and resource, with the line of the program that declares it.

    A policy that gave UNKNOWN on a resource of which everything is known says that it does not apply, and is left to
    the evidence; on one with unknown values, and where it raised or was silent, it gave no answer. Nor is there one
    where it rests on nothing being connected to the resource, and `missing` says that the stack was not seen whole.
    """
    for result in answer.results:
        resource = _named(resources, result["resource"])
        if resource is None:
            continue
        outcome = _OUTCOMES.get(result["result"], ToolOutcome.NO_ANSWER)
        why = _why(result, answer, resource)
        if outcome is not ToolOutcome.NO_ANSWER and (unknown := _unknown(result, resource)):
            outcome, why = ToolOutcome.NO_ANSWER, f"unknown until deploy: {unknown}"
        if missing and _by_absence(outcome, answer.connecting.get(result["rule"], ())):
            outcome, why = ToolOutcome.NO_ANSWER, f"it says {outcome} by what is connected to it; but {missing[0]}"
        if outcome is not ToolOutcome.NO_ANSWER or why:
            yield _verdict(answer, resource, environment, evidence, {**result, "outcome": outcome, "why": why})
    for rule, address in answer.missing:
        resource = _named(resources, address)
        if resource is None:
            continue
        gap = {
            "rule": rule,
            "title": rule,
            "outcome": ToolOutcome.NO_ANSWER,
            "why": "it gave no result",
            "severity": None,
        }
        yield _verdict(answer, resource, environment, evidence, gap)


def _named(resources: Mapping[str, Resource], name: str) -> Resource | None:
    """By Checkov's own name, or by the logical id in `TYPE.LOGICAL_ID`, as it names what a template declares."""
    return resources.get(name) or resources.get(name.rpartition(".")[2])


def _unknown(result: Mapping[str, Any], resource: Resource) -> str:
    """The values that the policy says it looked at, as far as they are unknown: Checkov takes them for unset."""
    looked_at = {tuple(part for part in key.split("/") if not part.startswith("[")) for key in result["keys"]}
    leaves = {
        leaf: tuple(snake(part) for part in leaf.split(".") if not part.isdigit())
        for leaf in unknown_leaves(resource.inputs)
    }
    found = [leaf for leaf, path in leaves.items() if any(key[: len(path)] == path for key in looked_at)]
    return ", ".join(found)


def _by_absence(outcome: ToolOutcome, words: Sequence[str]) -> bool:
    """A pass of what must not exist, or a fail of what has to, rests on it not being declared."""
    return (outcome is ToolOutcome.FAIL and "exists" in words) or (
        outcome is ToolOutcome.PASS and "not_exists" in words
    )


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
