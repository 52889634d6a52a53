"""What a contract gives works: a register that says more than the platform does is no register; no checks."""

from collections.abc import Iterable, Iterator

from checks.families.ocpi_contract_cells import NO_CONTRACT, about, kept_back, of_each_identity, said_of
from checks.families.ocpi_words import listed, where
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.contract import OPEN, AccessCell, Conduct, ContractMatrix
from scanner.model.party import Right


def _agreed_works(case: Case[ContractMatrix], right: Right) -> Iterator[Verdict]:
    for name, sightings in of_each_identity(case):
        cells = [(s, c) for s in sightings for c in s.fact.cells if c.granted and c.right is right]
        if all(s.fact.in_force is None for s in sightings):
            yield about(case.not_tested(NO_CONTRACT), sightings, name)
            continue
        closed = [s for s in sightings if any(s is at and _fails(c) for at, c in cells)]
        for sighting in closed:
            those = [c for at, c in cells if at is sighting and _fails(c)]
            said = f"in the contract of {name}, but does not work: {where(sighting)}, {said_of(those)}"
            curl = next((c.curl for c in those if c.curl), None)
            yield about(case.fails(said, subject=sighting.subject, reproduce=curl), [sighting], name)
        if not closed:
            yield about(_all_work(case, [c for _, c in cells], name, right), sightings, name)


def _fails(cell: AccessCell) -> bool:
    """A refusal of what is granted; what says that a made-up object is not there is none."""
    if cell.names_unknown:  # made-up objects refer to made-up ones
        return False
    return cell.conduct is Conduct.REFUSED or (cell.conduct is Conduct.REFUSED_OTHERWISE and cell.sure)


def _all_work(case: Case[ContractMatrix], cells: list[AccessCell], name: str, right: Right) -> Verdict:
    worked = [c for c in cells if c.conduct in OPEN]
    population = Population(examined=len(worked), of=len(cells), unit="request")
    broken = [c for c in cells if c.conduct is Conduct.BROKEN or c.names_unknown or kept_back(c, chosen=False)]
    unsent = [c for c in cells if kept_back(c, chosen=True)]
    if not cells:
        return case.not_applicable(f"looked for a right to {right} in the contract of {name}; there is none")
    if broken:
        said = listed(c.why or c.said() for c in broken)
        why = f"{len(broken)} of {len(cells)} requests as {name} show nothing: {said}"
        return case.inconclusive(why, population=population)
    if worked:
        as_far = "" if len(worked) == len(cells) else ", as far as there was anything"
        return case.passes(f"what {name} may {right} works{as_far}", population=population)
    if unsent:
        return case.not_tested(f"{unsent[0].reason}: {unsent[0].why}")
    return case.inconclusive(f"{name} has nothing there to {right}", population=population)


def agreed_reads(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    """What the contract lets an identity read is given."""
    yield from _agreed_works(case, Right.READ)


def agreed_writes(case: Case[ContractMatrix]) -> Iterable[Verdict]:
    """What the contract lets an identity write is taken."""
    yield from _agreed_works(case, Right.WRITE)
