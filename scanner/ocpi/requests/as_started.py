"""Where a session is not the one that a START_SESSION asked for."""

from collections.abc import Iterator, Mapping

from scanner.model.json_value import JsonValue


def differing(document: JsonValue, command: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """JSON pointers into the session, whose values the command said otherwise; what it leaves out is not compared."""
    return tuple(pointer for pointer, said in _of_command(command) if _differs(_at(document, pointer), said))


def _of_command(body: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    token = body.get("token")
    given = token if isinstance(token, Mapping) else {}
    yield "/location_id", body.get("location_id")
    yield "/location/id", body.get("location_id")  # 2.1.1 holds the whole Location
    yield "/evse_uid", body.get("evse_uid")
    yield "/connector_id", body.get("connector_id")
    yield "/authorization_reference", body.get("authorization_reference")
    yield "/auth_id", given.get("auth_id")
    for name in ("uid", "country_code", "party_id", "contract_id"):
        yield f"/cdr_token/{name}", given.get(name)


def _at(document: JsonValue, pointer: str) -> JsonValue:
    for name in pointer.split("/")[1:]:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _differs(shown: JsonValue, said: JsonValue) -> bool:
    if not isinstance(shown, str) or not isinstance(said, str):
        return False
    return shown.lower() != said.lower()
