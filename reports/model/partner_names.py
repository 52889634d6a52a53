"""What a posture calls by name, and what an edition for partners says instead."""

from collections.abc import Iterable, Iterator
from typing import Final

from reports.model.mask import Mask, is_public
from reports.model.posture import Posture
from scanner.model.subject import InterfaceSubject, PartySubject, ServerSubject, Subject

_UNNAMED: Final = frozenset({"main", "default"})  # names of platforms that name nobody


def mask_of(posture: Posture) -> Mask:
    """The mask of one posture; names are numbered in their order, so that one name is one number throughout."""
    subjects = {finding.subject for finding in posture.findings}
    servers = {subject.host for subject in subjects if isinstance(subject, ServerSubject)}
    names: dict[str, str] = {}
    for kind, known in (
        ("host", {host for host in servers if not is_public(host)}),
        ("platform", set(_platforms(posture, subjects)) - _UNNAMED),
        ("identity", set(_identities(posture))),
    ):
        names.update({name: f"{kind} {number}" for number, name in enumerate(sorted(known - {""}), 1)})
    for number, party in enumerate(sorted({*_parties(posture, subjects)} - {""}), 1):
        names.update(dict.fromkeys(_spellings(party), f"party {number}"))
    public = frozenset(host.lower() for host in servers if is_public(host))
    return Mask(names=names, hosts=public)


def _platforms(posture: Posture, subjects: Iterable[Subject]) -> Iterator[str]:
    yield from (entry.endpoint for entry in posture.access)
    yield from (endpoint for s in subjects if (endpoint := s.coordinates().get("endpoint")))


def _identities(posture: Posture) -> Iterator[str]:
    yield from (finding.identity or "" for finding in posture.findings)
    yield from (entry.identity for entry in posture.access)
    yield from (leftover.identity or "" for leftover in posture.run.left_behind)


def _parties(posture: Posture, subjects: Iterable[Subject]) -> Iterator[str]:
    yield from (leftover.owner or "" for leftover in posture.run.left_behind)
    for subject in subjects:
        if isinstance(subject, PartySubject):
            yield f"{subject.country_code}-{subject.party_id}"
        elif isinstance(subject, InterfaceSubject):
            yield subject.party or ""


def _spellings(party: str) -> Iterator[str]:
    """`NL-TST` as people, paths and eMI3 write it, and the id by itself."""
    country, dash, code = party.partition("-")
    yield party
    if dash:
        yield from (f"{country}{between}{code}" for between in ("*", "/", " ", ""))
        yield code
