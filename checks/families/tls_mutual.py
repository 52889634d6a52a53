"""Mutual TLS: who has no client certificate of the trust store is kept out, at every address."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.tls import Admission, Caller, MutualTls
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_WITHOUT: Final = "who shows no client certificate"
_STRANGER: Final = "who shows a client certificate that nobody signed"


def _kept_out(case: Case[MutualTls]) -> Iterable[Verdict]:
    fact = case.driver.fact
    strangers = [(who, one) for who, one in ((_WITHOUT, fact.without), (_STRANGER, fact.stranger)) if one is not None]
    let_in = [f"{who} is let in ({one.detail})" for who, one in strangers if one.admission is Admission.LET_IN]
    if not fact.named and not fact.required:
        yield _not_wanted(case)
    elif let_in:
        why = f"; wanted by {', '.join(fact.named)}" if fact.named else "; other handshakes without one are refused"
        yield case.fails("; ".join(let_in) + why, population=_population(strangers))
    elif fact.own is not None and fact.own.admission is not Admission.LET_IN:
        yield case.inconclusive(
            f"the configured client certificate is not let in either ({fact.own.detail}), so that a refusal tells "
            "nothing of others: name one of the trust store that has not ended"
        )
    elif unclear := [f"{who}: {one.detail}" for who, one in strangers if not one.kept_out]:
        yield case.inconclusive("; ".join(unclear))
    else:
        told = "; ".join(f"{who} is {one.admission}" for who, one in strangers)
        yield case.passes(told, population=_population(strangers))


def _not_wanted(case: Case[MutualTls]) -> Verdict:
    if case.driver.fact.asked:
        return case.not_applicable(
            "the server asks for a client certificate and needs none, and nothing in the configuration says that "
            "callers show one"
        )
    return case.not_applicable(
        "looked for a client certificate that the server asks for or the configuration names; there is none"
    )


def _population(strangers: Iterable[tuple[str, Caller]]) -> Population:
    return Population(examined=len(list(strangers)), unit="client")


KEPT_OUT: Final = Check(
    id="tls-mutual-strangers-kept-out",
    title="Without a client certificate of the trust store nobody reaches the platform",
    controls=("OCPI-TLS-03", "OCPI-EXT-18"),
    severity=Severity.HIGH,
    source="RFC 8446, section 4.3.2; RFC 9325, section 3.1",
    looks_at=Need(fact=MutualTls),
    judge=_kept_out,
    remediation="Demand a client certificate (not merely ask for one) on every listener, and verify its chain.",
    witness=Witness.TLS,
)
CHECKS: Final = (KEPT_OUT,)
