"""Facts of the attestation witness: what a named person states, and whether the file behind it is still the same."""

from datetime import date
from typing import Final

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedFile:
    """The document that an attestation rests on, by the name written there.

    `stated` and `found` are SHA-256 in hexadecimal. `found` None: it could not be read, and `problem` says why.
    """

    name: str
    stated: str
    found: str | None
    problem: str = ""

    @property
    def unchanged(self) -> bool:
        """True where the file is there and is the one that was attested."""
        return self.found == self.stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One statement. `holds` false: its owner states that the control does not hold.

    `answers` are the parts that the row asks for, by name. `partner`: by its name in the configuration, where the
    statement is about one partner. `expires` is the last day on which it is in force.
    """

    statement: str
    holds: bool
    owner: str
    role: str
    dated: date
    expires: date
    answers: tuple[tuple[str, str], ...] = ()
    partner: str | None = None
    file: AttestedFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationRead:
    """One file of a folder of attestations, whole or not.

    `control` and `item` are what it speaks about, None where that could not be told. `attestation` None: `problems`
    say what is wrong with it.
    """

    name: str
    control: str | None
    item: str | None
    attestation: Attestation | None
    problems: tuple[str, ...] = ()

    def speaks_of(self, control: str, item: str) -> bool:
        """True where it is about this item of this row, or may be: a row that is named without a known item."""
        return self.control == control and self.item in {item, None}

    @property
    def speaks_of_nothing_known(self) -> bool:
        """True where nobody can tell which row it is about."""
        return self.control is None


ATTESTATION_FACTS: Final[tuple[type, ...]] = (AttestationRead,)
