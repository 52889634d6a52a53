"""The seed of all versions, as it stands in `seed.json`: whose each object is, and whose driver it is about.

The versions start with the same objects, each in its own words. From then on they are apart: what is pushed through one
version is seen through that one only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.service.deployment.contracts import CPO_C, HUB_D
from infra.service.deployment.seed import seed_objects
from infra.service.deployment.seed_2_1_1 import in_2_1_1
from infra.service.deployment.seed_2_3_0 import in_2_3_0
from infra.service.strict_json import JsonObject

Record = dict[str, Any]  # owner, tenant or None, id, last_updated, object
Records = dict[str, dict[str, list[Record]]]  # by version and collection
_BEGIN: Final = "2025-09-01T06:00:00Z"
_OPEN_COMMANDS: Final = ("START_SESSION/CMD-0001", "RESERVE_NOW/CMD-0002", "UNLOCK_CONNECTOR/CMD-0003")
_CLIENTS: Final = (("SE", "NRD", "CPO", "CONNECTED"), ("ES", "SOL", "EMSP", "OFFLINE"), ("PT", "MAR", "CPO", "PLANNED"))


def seed_records(seed: int = 1) -> Records:
    """Everything, the same for the same `seed`."""
    objects = seed_objects(seed)
    spoken: dict[str, Mapping[str, Sequence[JsonObject]]] = {
        "2.1.1": in_2_1_1(objects),
        "2.2.1": objects,
        "2.3.0": in_2_3_0(objects),
    }
    records = {version: _collections(version, objects, said) for version, said in spoken.items()}
    for version, collections in records.items():
        collections["pending_results"] = [_pending(request) for request in _OPEN_COMMANDS]
        if version != "2.1.1":
            collections["pending_results"].append(_pending("profile/CP-0001"))
            collections["hubclientinfo"] = [client_record(HUB_D, *client) for client in _CLIENTS]
    return records


def _collections(
    version: str, objects: Mapping[str, Sequence[JsonObject]], said: Mapping[str, Sequence[JsonObject]]
) -> dict[str, list[Record]]:
    return {
        name: [
            _record(version, name, known, document) for known, document in zip(objects[name], said[name], strict=True)
        ]
        for name in objects
    }


def _record(version: str, collection: str, known: JsonObject, document: JsonObject) -> Record:
    """`known` is the object in 2.2.1, which says whose it is."""
    driver = known.get("cdr_token")
    object_id = known.get("id") or known["uid"]
    if collection == "tokens" and version != "2.1.1":
        object_id = f"{known['type']}:{known['uid']}"
    return {
        "owner": [known["country_code"], known["party_id"]],
        "tenant": [driver["country_code"], driver["party_id"]] if driver else None,
        "id": object_id,
        "last_updated": document["last_updated"],
        "object": document,
    }


def _pending(request: str) -> Record:
    """A request of ours that a CPO has yet to answer."""
    return {"owner": list(CPO_C), "tenant": None, "id": request, "last_updated": _BEGIN, "object": {}}


def client_record(hub: tuple[str, str], country_code: str, party_id: str, role: str, status: str) -> Record:
    """What a hub says of one party."""
    document = {
        "party_id": party_id,
        "country_code": country_code,
        "role": role,
        "status": status,
        "last_updated": _BEGIN,
    }
    return {
        "owner": list(hub),
        "tenant": None,
        "id": f"{country_code}*{party_id}",
        "last_updated": _BEGIN,
        "object": document,
    }
