"""The message that carries one edge: method, URL and body, made from the object as it was sent before."""

from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.machines.machine import Edge, Sets, Tag
from scanner.model.ocpi.machines.setting import Setting, with_sets
from scanner.model.party import Party
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Desk
from scanner.ocpi.transitions.specimen import Specimen

# What a step changes beside what it is about, so that it can be seen whether it was taken.
_TOUCH: Final[dict[str, Sets]] = {
    "Session": {"/kwh": Tag.MORE},
    "Token": {"/valid": False},
    "Location": {"/name": "POSTURE renamed"},
    "EVSE": {"/physical_reference": "POSTURE"},
    "Tariff": {"/currency": "NOK"},
}
_UNSEEN: Final = frozenset({"/last_updated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`whole`: the object as it would be after it; `elsewhere`: the URL that it names, where that is not its own."""

    method: str
    url: str
    body: JsonObject | None
    whole: JsonObject
    elsewhere: str | None
    other: Party | None


def touched(bench: Bench) -> Sets:
    """A harmless change of an object that can be seen."""
    return _TOUCH.get(bench.class_name, {})


def message(desk: Desk, specimen: Specimen, edge: Edge, before: Sets | None = None) -> Message | str:
    """The message of an edge, or why there can be none; `before`: what the step has to bring about beside its own."""
    other = desk.other if Tag.OTHER_PARTY in edge.after.values() else None
    if other is None and Tag.OTHER_PARTY in edge.after.values():
        return "needs a second identity with a party, or one of absent_parties"
    url = _url(desk.bench, specimen, edge.by)
    if url is None:
        return "the platform names no URL at which it shows this very object (Location header)"
    whole = _changed(desk, specimen, {**_sets(desk.bench, edge), **(before or {})}, other)
    body = _body(edge, whole, before or {}, desk.bench)
    named = desk.bench.own_url(whole) if body is not None and not desk.bench.creates else url
    return Message(
        method=edge.by,
        url=url,
        body=body,
        whole=whole,
        elsewhere=named if named != url and not desk.bench.creates else None,
        other=other,
    )


def location_of(bench: Bench, location: str | None) -> str | None:
    """A Location header as a whole URL."""
    try:
        return None if not location else urljoin(bench.surface.interface.url, location)
    except ValueError:  # it is no URL
        return None


def _sets(bench: Bench, edge: Edge) -> Sets:
    visible = set(edge.after) - _UNSEEN or edge.by in {"DELETE", "POST"} or edge.source == "ABSENT"
    return edge.after if visible else {**touched(bench), **edge.after}


def _changed(desk: Desk, specimen: Specimen, sets: Sets, other: Party | None) -> JsonObject:
    setting = Setting(
        former=specimen.sent,
        now=desk.moment(),
        other_party=other.party_id if other else "",
        new_id=desk.new_id(),
    )
    changed = with_sets(specimen.sent, sets, setting)
    return {**changed, "country_code": other.country_code} if other else changed


def _url(bench: Bench, specimen: Specimen, method: str) -> str | None:
    if not bench.creates:
        return bench.url(specimen.object_id)
    if method == bench.make.method:
        return bench.make.path.url(bench.surface.interface.url)
    place = location_of(bench, specimen.location)
    # The platform names it: it may be an object of somebody else, or all of them.
    return place if specimen.seen is not None and place is not None and _is_below(bench, place) else None


def _is_below(bench: Bench, place: str) -> bool:
    """True for a URL that is neither the list of objects nor above it."""
    listed, named = (unquote(urlsplit(url).path).rstrip("/") for url in (bench.surface.interface.url, place))
    return not f"{listed}/".startswith(f"{named}/") and ".." not in named.split("/")


def _body(edge: Edge, whole: JsonObject, before: Sets, bench: Bench) -> JsonObject | None:
    if edge.carries is None:
        return None
    if edge.by != "PATCH":
        return whole
    names = {pointer.split("/")[1] for pointer in (*_sets(bench, edge), *before)}
    return {name: value for name, value in whole.items() if name in names}
