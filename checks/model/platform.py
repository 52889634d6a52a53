"""Platform: what kind of OCPI platform a run is about. A profile leaves out the rows that are about another kind."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass
from scanner.model.party import Role


class Hosting(StrEnum):
    """Where it runs."""

    CLOUD = "cloud"
    OWN = "own"  # a data centre of one's own


class Size(StrEnum):
    """How many roaming partners it has."""

    ONE_PARTNER = "one-partner"
    SEVERAL_PARTNERS = "several-partners"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What is said of a platform, or what a row is about; what is empty says nothing."""

    roles: frozenset[Role] = frozenset()
    versions: frozenset[str] = frozenset()
    hosting: frozenset[Hosting] = frozenset()
    size: frozenset[Size] = frozenset()

    def parts(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """What is said, by name."""
        return (
            ("roles", frozenset(map(str, self.roles))),
            ("versions", self.versions),
            ("hosting", frozenset(map(str, self.hosting))),
            ("size", frozenset(map(str, self.size))),
        )

    def leaves_out(self, row: "Platform") -> str:
        """Why a row that is about `row` is not about this platform, in words; empty where it is, or may be."""
        for (name, mine), (_, asked) in zip(self.parts(), row.parts(), strict=True):
            if mine and asked and not mine & asked:
                return f"{name}: {', '.join(sorted(mine))}; the row is about {', '.join(sorted(asked))}"
        return ""
