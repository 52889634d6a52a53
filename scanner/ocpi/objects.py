"""Objects of one answer, judged one by one and forgotten: bounded counts and pointers are all that stays."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.model.facts.ocpi.objects import ObjectsValidated, SeenViolation
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.facts.ocpi.urls import ObjectUrls, SeenUrl, UrlPlace
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.validator import validate
from scanner.model.party import Party
from scanner.model.target import Endpoint
from scanner.ocpi.url_place import seen_url

MOST_EXEMPLARS: Final = 50
_DEEPEST: Final = 12
_INDEX: Final = re.compile(r"/\d+(?=/|$)")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def validated(version: str, object_type: str, objects: Sequence[JsonValue], curl: str) -> ObjectsValidated:
    """Objects against their type; violations grouped by pointer pattern and rule, the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    broken = 0
    for index, item in enumerate(objects):
        found = {
            (_INDEX.sub("/*", v.pointer), v.rule.value, v.expected): v.pointer
            for v in validate(version, object_type, item, f"/data/{index}")
        }
        broken += bool(found)
        counts.update(found.keys())
        for group, pointer in found.items():
            examples.setdefault(group, pointer)
    ranked = sorted(counts, key=lambda group: (-counts[group], group))[:MOST_EXEMPLARS]
    violations = tuple(
        SeenViolation(pointer=group[0], rule=group[1], expected=group[2], count=counts[group], example=examples[group])
        for group in ranked
    )
    return ObjectsValidated(
        object_type=object_type, examined=len(objects), broken=broken, violations=violations, curl=curl
    )


def urls_within(objects: Iterable[JsonValue], endpoint: Endpoint, curl: str) -> ObjectUrls:
    """Every web address inside objects; plaintext ones by the pattern of their pointer, each pattern once."""
    examined = 0
    plaintext: dict[str, SeenUrl] = {}
    for item in objects:
        for pointer, text in _texts(item, "/data/*"):
            examined += 1
            found = seen_url(pointer, text, endpoint)
            if found.place is UrlPlace.PLAINTEXT and len(plaintext) < MOST_EXEMPLARS:
                plaintext.setdefault(pointer, found)
    return ObjectUrls(examined=examined, plaintext=tuple(plaintext[p] for p in sorted(plaintext)), curl=curl)


def _texts(value: JsonValue, pointer: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if _WEB.match(value):
            yield pointer, value
    elif depth >= _DEEPEST:
        return
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{pointer}/{key[:64]}", depth + 1)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner, f"{pointer}/*", depth + 1)


def owners(objects: Sequence[JsonValue], us: Party, curl: str) -> OwnersSeen:
    """To whom sessions or CDRs belong: ours where the object's owner or the driver token's issuer is our party.

    2.2.1, cdrs and sessions: `country_code`, `party_id` (the CPO) and `cdr_token` (the eMSP).
    """
    own = foreign = unnamed = 0
    parties: set[str] = set()
    for item in objects:
        owner, issuer = party_of(item), party_of(item.get("cdr_token")) if isinstance(item, Mapping) else None
        named = [party for party in (owner, issuer) if party]
        if us in named:
            own += 1
        elif issuer is None or any(party.party_id == us.party_id for party in named):
            unnamed += 1  # in another country it is most likely ours, under the same contract: not for us to say
        else:
            foreign += 1
            parties.add(str(issuer))
    return OwnersSeen(
        party=str(us),
        examined=len(objects),
        own=own,
        foreign=foreign,
        unnamed=unnamed,
        foreign_parties=tuple(sorted(parties)[:MOST_EXEMPLARS]),
        curl=curl,
    )


def party_of(value: JsonValue) -> Party | None:
    """The party that an object names as its owner, if it names one."""
    if not isinstance(value, Mapping):
        return None
    country_code, party_id = value.get("country_code"), value.get("party_id")
    if not isinstance(country_code, str) or not isinstance(party_id, str):
        return None
    return Party(country_code=country_code[:8], party_id=party_id[:8])
