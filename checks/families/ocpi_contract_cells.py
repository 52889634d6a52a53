"""The cells of the contract matrix by identity: what the checks of it share; no checks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from checks.families.ocpi_words import listed
from checks.model.check import Case, Sighting
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.contract import AccessCell, Conduct, ContractMatrix

NO_CONTRACT: Final = "no contract is configured for this identity (partners: in the configuration)"


def of_each_identity(case: Case[ContractMatrix]) -> Iterator[tuple[str, list[Sighting[ContractMatrix]]]]:
    """The sightings of each identity by its name."""
    for name in sorted({s.identity or "" for s in case.drivers}):
        yield name, [s for s in case.drivers if (s.identity or "") == name]


def about(verdict: Verdict, sightings: Iterable[Sighting[ContractMatrix]], name: str) -> Verdict:
    """The verdict, of one identity and resting on its own evidence."""
    evidence = tuple(sorted({ref for s in sightings for ref in s.evidence}))
    return replace(verdict, identity=name or None, evidence=evidence)


def kept_back(cell: AccessCell, *, chosen: bool) -> bool:
    """True for what was not asked, by choice or because it could not be."""
    return cell.conduct is Conduct.NOT_ASKED and cell.reason is not None and cell.reason.was_chosen is chosen


def said_of(cells: Iterable[AccessCell]) -> str:
    """Some of the requests and their answers, for people."""
    return listed(cell.said() for cell in cells)
