"""What a mutation may use beside the place: version, time, and a tag by which an echo is recognised."""

from datetime import UTC, datetime
from hashlib import sha256

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Rule

Change = tuple[Rule, bytes | None]  # the raw JSON to stand at the place; None takes it out


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`tag`: eight hexadecimal digits made from the seed. `now` is aware; `largest` in bytes."""

    version: str
    tag: str
    now: datetime
    largest: int

    @property
    def instant(self) -> str:
        """`now` as an OCPI DateTime with whole seconds."""
        return stamp(self.now)


def circumstances(version: str, seed: str, now: datetime, largest: int) -> Circumstances:
    """Circumstances of one seed: the same tag in every process.

    Raises: ValueError for a `now` without time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    return Circumstances(version=version, tag=sha256(seed.encode()).hexdigest()[:8], now=now, largest=largest)


def stamp(moment: datetime) -> str:
    """`2026-11-21T06:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
