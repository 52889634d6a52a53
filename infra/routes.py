"""The gateway's routes: what OCPI has for the modules, sides and rights of the contracts, and nothing else.

Methods by module and side: OCPI 2.1.1 to 2.3.0, one chapter a module. The paths are those of the service
(`infra/service/modules/paths.py`); the version is a parameter, because authoriser and service know which there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from infra.authoriser.resources import module_path
from infra.contracts import ModuleGrant, Partner

ROOT: Final = "ocpi"
_VERSION: Final = "{version}"
_BELOW: Final = (("{object+}",),)  # the ids of an object and its parts
_LOCATION: Final = ("{country_code}", "{party_id}", "{location_id}")
# Parts that are pushed by themselves have paths of their own, so that a body is held against its own class.
_OBJECTS_BELOW: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("locations", "RECEIVER"): (_LOCATION, (*_LOCATION, "{evse_uid}"), (*_LOCATION, "{evse_uid}", "{connector_id}")),
}
_PARTS: Final = {"{evse_uid}": "evse", "{connector_id}": "connector"}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "ANY"})  # the last by a weakness only

_LISTS: Final = frozenset({"locations", "tariffs", "sessions", "cdrs", "tokens", "hubclientinfo"})  # sender
_READ_BELOW: Final[Mapping[str, frozenset[str]]] = {
    "SENDER": frozenset({"locations", "sessions", "cdrs"}),
    "RECEIVER": frozenset({"locations", "tariffs", "sessions", "cdrs", "tokens", "hubclientinfo", "chargingprofiles"}),
}
_WRITE_BELOW: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("locations", "RECEIVER"): ("PUT", "PATCH"),
    ("tariffs", "RECEIVER"): ("PUT", "PATCH", "DELETE"),  # PATCH: 2.1.1 only
    ("sessions", "RECEIVER"): ("PUT", "PATCH"),
    ("sessions", "SENDER"): ("PUT",),  # charging preferences
    ("tokens", "RECEIVER"): ("PUT", "PATCH"),
    ("tokens", "SENDER"): ("POST",),  # authorize
    ("commands", "RECEIVER"): ("POST",),
    ("commands", "SENDER"): ("POST",),  # results
    ("chargingprofiles", "RECEIVER"): ("PUT", "DELETE"),
    ("chargingprofiles", "SENDER"): ("POST", "PUT"),
    ("hubclientinfo", "RECEIVER"): ("PUT",),
}
_CREDENTIALS: Final = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Route:
    """One method on one path; `path` holds the segments, without slashes.

    `body` names the schema in `infra/schemas` that bodies have to fit; empty where none is carried, or anything may be.
    """

    path: tuple[str, ...]
    verb: str
    body: str = ""

    @property
    def has_body(self) -> bool:
        """True where a body belongs to the method."""
        return self.verb in _WITH_BODY

    @property
    def name(self) -> str:
        """`put-emsp-version-tariffs-object`."""
        return "-".join((self.verb.lower(), *(part.strip("{+}") for part in self.path[1:])))


def routes(partners: Iterable[Partner]) -> tuple[Route, ...]:
    """Sorted. The configuration modules belong to every contract."""
    found = {Route(path=(ROOT, "versions"), verb="GET"), Route(path=(ROOT, _VERSION), verb="GET")}
    found |= {
        Route(path=(ROOT, _VERSION, "credentials"), verb=verb, body=_body(verb, "credentials")) for verb in _CREDENTIALS
    }
    return tuple(sorted(found.union(*(_granted(grant) for partner in partners for grant in partner.modules))))


def _granted(grant: ModuleGrant) -> Iterator[Route]:
    endpoint = tuple(module_path(_VERSION, grant.module, grant.side).split("/"))
    objects = [(*endpoint, *below) for below in _OBJECTS_BELOW.get((grant.module, grant.side), _BELOW)]
    if "read" in grant.rights:
        if grant.side == "SENDER" and grant.module in _LISTS:
            yield Route(path=endpoint, verb="GET")
        if grant.module in _READ_BELOW[grant.side]:
            yield from (Route(path=path, verb="GET") for path in objects)
    if "write" in grant.rights:
        for verb in _WRITE_BELOW.get((grant.module, grant.side), ()):
            for path in objects:
                part = _PARTS.get(path[-1])
                words = (grant.module, part, grant.side) if part else (grant.module, grant.side)
                yield Route(path=path, verb=verb, body=_body(verb, *words))
        if (grant.module, grant.side) == ("cdrs", "RECEIVER"):
            yield Route(path=endpoint, verb="POST", body=_body("POST", grant.module, grant.side))


def _body(verb: str, *interface: str) -> str:
    """`locations-receiver-put`, `locations-evse-receiver-put`."""
    return "-".join((*interface, verb)).lower() if verb in _WITH_BODY else ""
