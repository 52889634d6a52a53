"""Whether an attestation counts on a day: whole, in force, not too old, and resting on the file that was attested."""

from collections.abc import Iterable
from datetime import date, timedelta

from checks.model.control import AttestedItem
from scanner.model.facts.attestation import Attestation, AttestationRead
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`doubts`: why it does not count, one clause each; none: it does. `attestation` None: it could not be read."""

    name: str
    attestation: Attestation | None
    doubts: tuple[str, ...]


def standing(read: AttestationRead, item: AttestedItem, today: date) -> Standing:
    """How one file stands on that day (UTC), against what the row asks of it."""
    one = read.attestation
    if one is None:
        return Standing(
            name=read.name, attestation=None, doubts=tuple(f"{read.name}: {problem}" for problem in read.problems)
        )
    doubts = (*_time(one, item, today), *_parts(one, item), *_file(one, item))
    return Standing(name=read.name, attestation=one, doubts=tuple(f"{read.name}: {doubt}" for doubt in doubts))


def newest(files: Iterable[AttestationRead], item: AttestedItem, today: date) -> Standing:
    """How the newest of several stands, for what it replaced may have lapsed; at least one.

    One that cannot be read counts as the newest: nobody knows what it would say.
    """
    last = max(files, key=lambda read: (read.attestation.dated if read.attestation else date.max, read.name))
    return standing(last, item, today)


def last_day(one: Attestation, item: AttestedItem) -> date:
    """The last day on which it counts: its own end, or the age that the row allows."""
    return min(one.expires, one.dated + timedelta(days=item.max_age_days))


def _time(one: Attestation, item: AttestedItem, today: date) -> tuple[str, ...]:
    if one.dated > today:
        return (f"it is dated {one.dated}, which is still to come",)
    if one.expires < today:
        return (f"it lapsed on {one.expires}",)
    if last_day(one, item) < today:
        return (f"it is of {one.dated}, and counts for {item.max_age_days} days",)
    return ()


def _parts(one: Attestation, item: AttestedItem) -> tuple[str, ...]:
    answered = {name for name, text in one.answers if text}
    doubts = [f"it does not say {name} ({about})" for name, about in item.contains.items() if name not in answered]
    if item.per_partner and one.partner is None:
        doubts.append("it does not say which partner it is about")
    return tuple(doubts)


def _file(one: Attestation, item: AttestedItem) -> tuple[str, ...]:
    if one.file is None:
        return ("it names no file, and the row asks for one",) if item.needs_file else ()
    if one.file.found is None:
        return (f"its file {one.file.name} cannot be read: {one.file.problem}",)
    if not one.file.unchanged:
        return (f"its file {one.file.name} changed: SHA-256 {one.file.found[:16]}..., not {one.file.stated[:16]}...",)
    return ()


def in_words(one: Attestation, item: AttestedItem) -> str:
    """Who states what, since when and until when; the file by name and digest."""
    file = f"; {one.file.name} is unchanged (SHA-256 {one.file.stated[:16]}...)" if one.file else ""
    return f"{one.owner} ({one.role}) on {one.dated}, in force until {last_day(one, item)}: {one.statement}{file}"
