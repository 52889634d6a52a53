"""Message ids come back, so that a failure can be traced on both sides (2.2 and later)."""

from collections.abc import Callable, Iterable
from typing import Final

from checks.families.ocpi_words import BY_PLATFORM, listed, platform, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.headers import RequestIdsEchoed
from scanner.model.facts.ocpi.reads import MessageIdsSampled
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _echoed(
    name: str, is_echoed: Callable[[RequestIdsEchoed], bool]
) -> Callable[[Case[RequestIdsEchoed]], Iterable[Verdict]]:
    def judge(case: Case[RequestIdsEchoed]) -> Iterable[Verdict]:
        silent = [s for s in case.drivers if not is_echoed(s.fact)]
        yield case.holds(
            not silent,
            f"every answer has the {name} of its request",
            f"{name} does not come back from {listed(where(s) for s in silent)}",
            subject=platform(case),
            population=Population(examined=len(case.drivers), unit="answer"),
            reproduce=silent[0].fact.curl if silent else None,
        )

    return judge


def _check(id: str, name: str, is_echoed: Callable[[RequestIdsEchoed], bool]) -> Check[RequestIdsEchoed]:
    return Check(
        id=id,
        title=f"Answers carry the {name} of their request",
        controls=("OCPI-EXT-12",),
        severity=Severity.LOW,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: unique message IDs",
        looks_at=Need(fact=RequestIdsEchoed),
        judge=_echoed(name, is_echoed),
        group_by=BY_PLATFORM,
        remediation=f"Copy {name} from the request into every answer, errors included, and write it into the logs.",
        witness=Witness.PROTOCOL,
    )


def _of_this_request(case: Case[MessageIdsSampled]) -> Iterable[Verdict]:
    fact = case.driver.fact
    yield case.holds(
        not fact.of_others,
        f"no answer has the id of another request{_some_without(fact)}",
        f"{fact.of_others} of {fact.answers} answers have the id of another request",
        population=Population(examined=fact.answers, unit="answer"),
        reproduce=fact.curl,
    )


def _some_without(fact: MessageIdsSampled) -> str:
    return f" ({fact.without} have none)" if fact.without else ""


CHECKS: Final = (
    _check("ocpi-tracing-request-id-echoed", "X-Request-ID", lambda fact: fact.request_id),
    _check("ocpi-tracing-correlation-id-echoed", "X-Correlation-ID", lambda fact: fact.correlation_id),
    Check(
        id="ocpi-tracing-ids-not-mixed-up",
        title="No answer carries the message id of another request",
        controls=("OCPI-EXT-12",),
        severity=Severity.MEDIUM,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: unique message IDs",
        looks_at=Need(fact=MessageIdsSampled),
        judge=_of_this_request,
        remediation="Let no cache or shared state stand between request and answer: data gets mixed up like ids.",
        witness=Witness.PROTOCOL,
    ),
)
