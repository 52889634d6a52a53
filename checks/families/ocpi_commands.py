"""Commands about what does not exist, and results that nobody waits for: refused. A finding stands for one command."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from checks.families.ocpi_words import where
from checks.families.one_by_one import Wrong, one_by_one
from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.commands import Asked, CommandsOfNothing, ResultsOfNothing, Took
from scanner.model.severity import Severity

Fact = CommandsOfNothing | ResultsOfNothing


def _refused(case: Case[Fact], *, what: str) -> Iterable[Verdict]:
    asked = case.driver.fact.asked
    sent = [one for one in asked if one.took is not Took.NOT_SENT]
    unsure = [one for one in asked if one.took is not Took.REFUSED]
    why = f"{unsure[0].command}: {_said(unsure[0])}" if unsure else (None if asked else "nothing was sent")
    bad = [one for one in sent if one.took is Took.ACCEPTED]
    yield from one_by_one(
        case,
        [Wrong(said=f"{one.command}: {_said(one)}", path=one.command, curl=one.curl) for one in bad],
        Population(examined=len(sent), unit=what),
        unsure=f"{where(case.driver)}: {why}" if why else None,
        good=f"all {what} were refused ({where(case.driver)})",
    )


def _said(one: Asked) -> str:
    statuses = "" if one.http_status is None else f", HTTP {one.http_status}"
    inner = "" if one.ocpi_status is None else f", OCPI status {one.ocpi_status}"
    return f"{one.took}{statuses}{inner}{f', {one.result}' if one.result else ''}{f' ({one.why})' if one.why else ''}"


CHECKS: Final = (
    check_by_writing(
        id="ocpi-command-unknown-object",
        title="A command about what does not exist is refused",
        controls=("OCPI-TST-10", "OCPI-TST-12"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: commands, CommandResponseType enum; status codes, 2003",
        fact=CommandsOfNothing,
        judge=partial(_refused, what="commands about what does not exist"),
        do="Look for the location, EVSE or session first; answer 2003, REJECTED or UNKNOWN_SESSION.",
    ),
    check_by_writing(
        id="ocpi-command-result-unknown",
        title="The result of a command that was never sent is refused",
        controls=("OCPI-EXT-11", "OCPI-TST-10", "OCPI-TST-12"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1, 2.3.0: commands, sender interface, POST method; response_url",
        fact=ResultsOfNothing,
        judge=partial(_refused, what="results of commands that were never sent"),
        do="Take a result only for a command that is open, from the partner that it was sent to, and once.",
    ),
)
