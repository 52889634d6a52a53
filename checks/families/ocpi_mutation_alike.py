"""The same malformed message on every path: PUT and PATCH, each version, and inside a Location or by itself."""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_mutation_words import CHANGED
from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.mutation import MutantsTreated, Treatment
from scanner.model.ocpi.mutation.mutant import Expectation
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_INSIDE: Final = {"EVSE": "/evses/*", "Connector": "/evses/*/connectors/*"}  # of a Location


def _alike_on_every_path(case: Case[MutantsTreated]) -> Iterable[Verdict]:
    """The same property and rule, refused on one path and taken on another."""
    seen: dict[tuple[str, str], dict[str, bool]] = {}
    for driver in case.drivers:
        inside = _INSIDE.get(driver.fact.object_type, "")
        for group in driver.fact.groups:
            became = {treated.treatment for treated in group.treated}
            taken = bool(became & CHANGED)
            # What was accepted and cannot be read back may have been put right, or left out.
            if group.expectation is Expectation.MUST_REFUSE and (taken or Treatment.UNREAD not in became):
                seen.setdefault((inside + group.path, group.rule), {})[_way(driver)] = taken
    compared = {key: paths for key, paths in seen.items() if len(paths) > 1}
    population = Population(examined=len(compared), unit="compared message")
    cut_short = next((f"{_way(d)}: {d.fact.cut_short}" for d in case.drivers if d.fact.cut_short), None)
    if not compared:
        yield case.not_applicable("looked for a second path (PATCH, a part by itself, another version) to one object")
        return
    differing = {key: paths for key, paths in compared.items() if len(set(paths.values())) > 1}
    by_path: dict[str, list[str]] = {}
    for (path, rule), paths in differing.items():
        by_whom = ", ".join(sorted(name for name, is_taken in paths.items() if is_taken))
        by_path.setdefault(path, []).append(f"{rule} is taken by {by_whom} alone")
    for path, several in by_path.items():
        more = f" and {len(several) - 1} more kinds" if len(several) > 1 else ""
        yield case.fails(f"{path or 'the whole message'}: {several[0]}{more}", population=population, field_path=path)
    if not differing and cut_short:
        yield case.inconclusive(f"no difference as far as messages were sent; {cut_short}", population=population)
    elif not differing:
        yield case.passes("each path treats the same malformed message alike", population=population)


def _way(driver: Sighting[MutantsTreated]) -> str:
    """Version, module, side, method and object: a PUT and a PATCH are two ways, and so is an EVSE by itself."""
    part = driver.fact.object_type if driver.fact.object_type in _INSIDE else ""
    return " ".join(filter(None, (where(driver), driver.subject.coordinates().get("method", ""), part)))


CHECKS: Final[tuple[Check[Any], ...]] = (
    Check(
        id="ocpi-mutation-alike",
        title="The same malformed message is treated alike on every path",
        controls=("OCPI-VUL-15",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: PUT and PATCH methods of the modules",
        looks_at=Need(fact=MutantsTreated),
        judge=_alike_on_every_path,
        remediation="Validate in one place, behind every method and version.",
        group_by=("environment", "endpoint", "module"),
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
