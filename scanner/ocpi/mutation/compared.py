"""What became of a mutant that was accepted: what is read now against what was held before and what was sent."""

from typing import Final

from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Family, Mutant
from scanner.ocpi.mutation.evaluated import evaluated
from scanner.ocpi.writing.reading_back import ABSENT, alike, put_right, unlike, value_at

STAMP: Final = "/last_updated"
_ADDS: Final = frozenset({Family.SURPLUS, Family.NESTING})  # what OCPI does not know, beside the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`held`: the object as it was read when only the valid one had been written; `key`: the pointer to its id.

    `creates`: each message makes an object of its own.
    """

    held: JsonValue
    key: str
    creates: bool

    def treatment(self, mutant: Mutant, sent: JsonValue, read: JsonValue) -> Treatment:
        """How an accepted mutant was treated."""
        held, pointer = self.held, mutant.pointer
        # Each message has dates of its own, and where each makes an object, an id.
        changed = [p for p in unlike(held, read) if not p.endswith(STAMP) and p != self.key]
        was, became = value_at(sent, pointer), value_at(read, pointer)
        dated = pointer.endswith(STAMP) or pointer == self.key
        took_effect = alike(was, became) if dated else became != value_at(held, pointer)
        if mutant.family is Family.INJECTION and evaluated(was, became):
            return Treatment.EVALUATED
        if mutant.family is Family.DATE and set(changed) <= {pointer} and put_right(was, became):
            return Treatment.PUT_RIGHT
        if changed or (took_effect and value_at(held, pointer) is not ABSENT):
            return Treatment.STORED
        if took_effect and mutant.family in _ADDS:
            return Treatment.KEPT
        if took_effect:  # a property of OCPI that the valid object does not have
            return Treatment.STORED if alike(was, became) else Treatment.LEFT_OUT
        return self._unchanged(mutant, read)

    def _unchanged(self, mutant: Mutant, read: JsonValue) -> Treatment:
        if not self.creates and value_at(read, STAMP) == value_at(self.held, STAMP) is not ABSENT:
            return Treatment.IGNORED
        return Treatment.STORED if mutant.pointer == "" else Treatment.LEFT_OUT
