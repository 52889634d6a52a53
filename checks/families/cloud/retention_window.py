"""How long the contracts in force let records stay: as long as each asks for, and no longer than any allows."""

from typing import Final

from checks.model.check import Case, Need
from checks.resource_graph.judgement import Judgement, fails, undecided
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.late_dataclass import dataclass

# Both may be missing: then nothing was agreed, and what is usual holds.
AGREED: Final = (Need(fact=ContractsAgreed, required=False), Need(fact=ScanTime, required=False))

UNTOLD: Final = "the configuration does not say which partners this environment serves (its own `partners`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days, and the partner whose contract says so; None where no contract in force says anything.

    `told` is False where the configuration does not say which partners the environment serves: then a contract that is
    broken may be another environment's.
    """

    shortest: int | None = None
    longest: int | None = None
    shortest_by: str = ""
    longest_by: str = ""
    told: bool = True

    def broken(self, said: str) -> Judgement:
        """What is kept otherwise than a contract says it."""
        return fails(said) if self.told else undecided(f"{said}; and {UNTOLD}")

    @property
    def conflict(self) -> str | None:
        """Why no number of days can please all contracts."""
        if self.shortest is None or self.longest is None or self.shortest <= self.longest:
            return None
        return (
            f"the contract with {self.shortest_by} asks for {self.shortest} days at least, "
            f"that with {self.longest_by} for {self.longest} at most"
        )


def window(case: Case[DeclaredResources]) -> Window:
    """The narrowest of all contracts that are in force on the day of the scan."""
    days = [one.fact.now.date() for one in case.all(ScanTime)]
    agreed = [each.fact for each in case.all(ContractsAgreed)]
    contracts = [one for each in agreed for one in each.contracts]
    valid = [one for one in contracts if all(one.in_force(day) for day in days)]
    low = max(((one.kept_at_least_days, one.partner) for one in valid if one.kept_at_least_days), default=None)
    high = min(((one.kept_at_most_days, one.partner) for one in valid if one.kept_at_most_days), default=None)
    return Window(
        shortest=low[0] if low else None,
        longest=high[0] if high else None,
        shortest_by=low[1] if low else "",
        longest_by=high[1] if high else "",
        told=all(each.told for each in agreed),
    )
