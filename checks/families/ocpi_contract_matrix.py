"""What each partner can do at each module, against its contract: every method asked, not only what is offered."""

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Final

from checks.families.ocpi_contract import DANGEROUS
from checks.families.ocpi_contract_agreed import agreed_reads, agreed_writes
from checks.families.ocpi_contract_cells import NO_CONTRACT, about, kept_back, of_each_identity, said_of
from checks.families.ocpi_words import listed, where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.contract import OPEN, AccessCell, Conduct, ContractMatrix, UrlSource
from scanner.model.party import Right
from scanner.model.severity import Severity
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness

_SUCCESS: Final = range(200, 300)
_STATUSES: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
)
Wanted = Callable[[Sighting[ContractMatrix], AccessCell], bool]


def _is_dangerous(sighting: Sighting[ContractMatrix]) -> bool:
    at = sighting.subject
    return isinstance(at, InterfaceSubject) and at.module in DANGEROUS


def _beyond(case: Case[ContractMatrix], wanted: Wanted, what: str) -> Iterator[Verdict]:
    """What the contract does not give has to be refused."""
    for name, sightings in of_each_identity(case):
        in_force = [s for s in sightings if s.fact.in_force is not False]
        if not in_force:
            verdict = case.not_applicable(f"looked for {what}; the contract is not in force, which is judged by itself")
        elif all(s.fact.in_force is None for s in in_force):
            verdict = case.not_tested(NO_CONTRACT)
        else:
            yield from _refused(case, name, in_force, wanted, what)
            continue
        yield about(verdict, sightings, name)


def _refused(
    case: Case[ContractMatrix], name: str, sightings: list[Sighting[ContractMatrix]], wanted: Wanted, what: str
) -> Iterator[Verdict]:
    cells = [(s, c) for s in sightings for c in s.fact.cells if c.granted is False and wanted(s, c)]
    opened = [s for s in sightings if any(s is at and c.conduct in OPEN for at, c in cells)]
    for sighting in opened:
        those = [c for at, c in cells if at is sighting and c.conduct in OPEN]
        said = f"{what} is open to {name}, whose contract does not give it: {where(sighting)}, {said_of(those)}"
        population = Population(examined=sum(at is sighting for at, _ in cells), unit="request")
        curl = next((c.curl for c in those if c.curl), None)
        yield about(case.fails(said, subject=sighting.subject, population=population, reproduce=curl), [sighting], name)
    if not opened and cells and _nothing_works(sightings):
        said = f"not even what the contract gives works for {name}, so that refusals show nothing"
        yield about(case.inconclusive(said), sightings, name)
    elif not opened:
        yield about(_all_refused(case, [c for _, c in cells], name, what), sightings, name)
        yield from _not_decided(case, name, [(s, [c for at, c in cells if at is s]) for s in sightings], what)
    unsent = [c for _, c in cells if c.conduct is Conduct.NOT_ASKED and c.reason is not None and c.reason.was_chosen]
    if unsent and len(unsent) < len(cells):
        said = f"{len(unsent)} of {len(cells)} requests were not sent: {unsent[0].reason}: {unsent[0].why}"
        yield about(case.not_tested(said, field_path="not sent"), sightings, name)


def _not_decided(
    case: Case[ContractMatrix],
    name: str,
    by_door: Iterable[tuple[Sighting[ContractMatrix], list[AccessCell]]],
    what: str,
) -> Iterator[Verdict]:
    """Interfaces that are there and said nothing of rights, where others refused."""
    doors = [(s, cells) for s, cells in by_door if cells]
    silent = [s for s, cells in doors if s.fact.source is not UrlSource.FORMED and not any(map(_tells, cells))]
    if silent and any(c.decided for _, cells in doors for c in cells):
        said = f"{what} as {name} at {listed(where(s) for s in silent)} was answered about ids and bodies only"
        yield about(case.inconclusive(said, field_path="no word about rights"), silent, name)


def _tells(cell: AccessCell) -> bool:
    """True for what says something of rights, or is counted otherwise."""
    return cell.decided or cell.conduct in {Conduct.BROKEN, Conduct.NOT_ASKED}


def _nothing_works(sightings: Iterable[Sighting[ContractMatrix]]) -> bool:
    """True where all that is granted was refused: a platform that refuses everything has not looked at rights."""
    granted = [c for s in sightings for c in s.fact.cells if c.granted and c.conduct is not Conduct.NOT_ASKED]
    return bool(granted) and not any(c.conduct in OPEN for c in granted)


def _all_refused(case: Case[ContractMatrix], cells: list[AccessCell], name: str, what: str) -> Verdict:
    decided = [c for c in cells if c.decided]
    population = Population(examined=len(decided), of=len(cells), unit="request")
    blind = [c for c in cells if c.conduct is Conduct.BROKEN or kept_back(c, chosen=False)]
    unsent = [c for c in cells if kept_back(c, chosen=True)]
    if not cells:
        return case.not_applicable(f"looked for {what} beyond the contract of {name}; there is none")
    if blind:
        said = f"{len(blind)} of {len(cells)} requests as {name} show nothing: {listed(c.why for c in blind)}"
        return case.inconclusive(said, population=population)
    if decided:
        return case.passes(f"{what} beyond the contract of {name} is refused", population=population)
    if unsent:
        return case.not_tested(f"{unsent[0].reason}: {unsent[0].why}")
    said = f"{name} was told of made-up ids and of bodies only: no word about rights"
    return case.inconclusive(said, population=population)


def _reads_refused(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    yield from _beyond(case, lambda s, c: c.right is Right.READ and not _is_dangerous(s), "reading")


def _writes_refused(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    yield from _beyond(case, lambda s, c: c.right is Right.WRITE and not _is_dangerous(s), "writing")


def _dangerous_refused(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    yield from _beyond(case, lambda s, _: _is_dangerous(s), "a function that moves hardware")


def _says_no(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    """The status of a refusal is a lesser matter, but monitoring and partners go by it."""
    for name, sightings in of_each_identity(case):
        refused = [c for s in sightings for c in s.fact.cells if c.granted is False and c.decided]
        other = [c for c in refused if c.http_status not in _STATUSES and c.http_status not in _SUCCESS]
        population = Population(examined=len(refused), unit="refusal")
        if other:
            said = f"{name} is refused with other words than 401, 403, 404 or 405: {said_of(other)}"
            verdict = case.fails(said, population=population, reproduce=next((c.curl for c in other if c.curl), None))
        elif refused:
            verdict = case.passes(f"each refusal to {name} says that it is one", population=population)
        elif all(s.fact.in_force is None for s in sightings):
            verdict = case.not_tested(NO_CONTRACT)
        else:
            verdict = case.not_applicable(f"looked for refusals to {name}; there were none, which is judged by itself")
        yield about(verdict, sightings, name)


def _ended_refused(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    for name, sightings in of_each_identity(case):
        ended = [s for s in sightings if s.fact.in_force is False]
        if not ended:
            known = any(s.fact.in_force for s in sightings)
            said = f"looked for an end of the contract of {name}; it is in force"
            yield about(case.not_applicable(said) if known else case.not_tested(NO_CONTRACT), sightings, name)
            continue
        cells = [(s, c) for s in ended for c in s.fact.cells]
        opened = [(s, c) for s, c in cells if c.conduct in OPEN]
        population = Population(examined=len(cells), unit="request")
        if opened:
            places = listed(f"{where(s)} {c.method}" for s, c in opened)
            said = f"the contract of {name} is not in force, and its token still opens {places}"
            curl = next((c.curl for _, c in opened if c.curl), None)
            verdict = case.fails(said, population=population, reproduce=curl)
        else:
            verdict = _all_refused(case, [c for _, c in cells], name, "anything")
        yield about(verdict, ended, name)


_BY_VERSION: Final = ("endpoint", "version")
_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, version_information_endpoint; status_codes"
_REFUSE: Final = (
    "Check the contract of the token for module, side and method on every request, before the request is read; "
    "leaving a module out of the version details does not close it."
)


def _check(
    check_id: str,
    title: str,
    controls: tuple[str, ...],
    severity: Severity,
    judge: Callable[[Case[ContractMatrix]], Iterable[Verdict]],
    remediation: str,
    *,
    by_writing: bool = False,
) -> Check[ContractMatrix]:
    return Check(
        id=check_id,
        title=title,
        controls=controls,
        severity=severity,
        source=_SOURCE,
        looks_at=Need(fact=ContractMatrix),
        group_by=_BY_VERSION,
        judge=judge,
        remediation=remediation,
        by_writing=by_writing,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
    _check(
        "ocpi-contract-reads-beyond-refused",
        "A partner reads nothing beyond its contract, offered or not",
        ("OCPI-AZ-01",),
        Severity.HIGH,
        _reads_refused,
        _REFUSE,
    ),
    _check(
        "ocpi-contract-writes-beyond-refused",
        "A partner writes nothing beyond its contract: a right to read is none to write",
        ("OCPI-AZ-01", "OCPI-AZ-02"),
        Severity.HIGH,
        _writes_refused,
        _REFUSE,
        by_writing=True,
    ),
    _check(
        "ocpi-contract-dangerous-functions-refused",
        "Commands and charging profiles answer nobody whose contract does not name them",
        ("OCPI-AZ-04",),
        Severity.CRITICAL,
        _dangerous_refused,
        "Switch these modules off, and open them by contract: refuse every request of other tokens.",
        by_writing=True,
    ),
    _check(
        "ocpi-contract-agreed-reads-work",
        "What a partner may read works",
        ("OCPI-AZ-01",),
        Severity.LOW,
        agreed_reads,
        "Serve what was agreed, or take it out of the contract: nobody can check against a wrong register.",
    ),
    _check(
        "ocpi-contract-agreed-writes-work",
        "What a partner may write works",
        ("OCPI-AZ-01",),
        Severity.LOW,
        agreed_writes,
        "Take what was agreed, or take it out of the contract: nobody can check against a wrong register.",
        by_writing=True,
    ),
    _check(
        "ocpi-contract-refusals-say-so",
        "What a contract does not give is refused with 401, 403, 404 or 405, or an OCPI error",
        ("OCPI-AZ-01",),
        Severity.LOW,
        _says_no,
        "Answer 403 to a known token without the right, before body and parameters are looked at.",
    ),
    _check(
        "ocpi-contract-ended-refused",
        "The token of a contract that is not in force opens nothing",
        ("OCPI-AZ-01", "OCPI-VUL-09"),
        Severity.HIGH,
        _ended_refused,
        "Compare the dates of the contract on every request, and end the token with the contract.",
    ),
)
