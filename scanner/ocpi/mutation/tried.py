"""One mutant that was tried."""

import msgspec

from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.ocpi.mutation.mutant import Mutant
from scanner.ocpi.writing.reaction import Reaction


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant, what the platform made of it, and the exchange (None where no answer came)."""

    mutant: Mutant
    treatment: Treatment
    reaction: Reaction
    exchange: Exchange | None
