"""One mutant that was tried."""

from dataclasses import dataclass

from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.ocpi.mutation.mutant import Mutant
from scanner.ocpi.writing.reaction import Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A mutant, what the platform made of it, and the exchange (None where no answer came)."""

    mutant: Mutant
    treatment: Treatment
    reaction: Reaction
    exchange: Exchange | None
