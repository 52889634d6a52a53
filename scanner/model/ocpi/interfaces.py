"""What can be asked of each module and side of a version: methods, path forms, objects carried and answered.

`data/operations.json` is written by hand, each row with its section; the tests hold every row against the tables that
were generated from the specification (`Module.calls`).
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final

from scanner.model.effect import Effect
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.path_form import PathForm
from scanner.model.ocpi.rows import rows
from scanner.model.ocpi.specification import specification
from scanner.model.subject import Side

# As the gate judges them, whatever a vulnerable target makes of the request; where nothing is said, a write.
_EFFECTS: Final = {
    "cdrs": Effect.LASTING,
    "sessions": Effect.LASTING,
    "tokens": Effect.LASTING,
    "credentials": Effect.REGISTRATION,
    "commands": Effect.ACTUATE,
    "chargingprofiles": Effect.ACTUATE,
}


class Purpose(StrEnum):
    """What an operation is for."""

    LIST = "list"  # a page of objects
    READ = "read"
    ASK = "ask"  # for what comes later, at a response_url
    CREATE = "create"
    REPLACE = "replace"  # or create: PUT
    UPDATE = "update"  # some properties: PATCH
    REMOVE = "remove"
    AUTHORIZE = "authorize"  # a token, in real time
    PREFER = "prefer"  # charging preferences of a driver
    COMMAND = "command"
    RESULT = "result"  # of a command or charging profile, sent to its response_url
    REGISTER = "register"
    RENEW = "renew"
    UNREGISTER = "unregister"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one form of path; `carries` and `answers` name a class (or an enumeration) of the version.

    `answers` is what stands in `data`, None where nothing does; `list`: `data` is a page of them, with the headers of
    pagination. `effect` is the least that a request of this kind may be declared with.
    """

    method: str
    path: PathForm
    purpose: Purpose
    carries: str | None
    answers: str | None
    list: bool
    effect: Effect
    section: str

    @property
    def partial(self) -> bool:
        """True where only some properties of the object have to be carried."""
        return self.method == "PATCH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One side of a module; `side` is None for credentials, which are the same on both."""

    version: str
    module: str
    side: Side | None
    object: str | None
    operations: tuple[Operation, ...]

    @property
    def methods(self) -> frozenset[str]:
        """Every method that the specification gives this interface; any other is answered with 405."""
        return frozenset(operation.method for operation in self.operations)

    def of(self, method: str, carries: str | None = None) -> tuple[Operation, ...]:
        """The operations of a method, and of a class where one is named."""
        return tuple(o for o in self.operations if o.method == method and (carries is None or o.carries == carries))


def interfaces(version: str) -> tuple[Interface, ...]:
    """Every interface of a version, in order of module and side.

    Raises: KeyError if there is no data for the version.
    """
    return tuple(_interfaces(version).values())


def interface(version: str, module: str, side: Side | None) -> Interface:
    """The interface of one side of a module; `side` is None, and ignored, for credentials.

    Raises: KeyError if the version has no such interface.
    """
    known = _interfaces(version)
    return known[(module, None)] if (module, None) in known else known[(module, side)]


@cache
def _interfaces(version: str) -> Mapping[tuple[str, Side | None], Interface]:
    modules = specification(version).modules
    grouped: dict[tuple[str, Side | None], list[Operation]] = {}
    for row in rows("operations", version):
        side = Side(row["side"]) if row["side"] else None
        grouped.setdefault((row["module"], side), []).append(_operation(row))
    return {
        (module, side): Interface(
            version=version, module=module, side=side, object=modules[module].object, operations=tuple(operations)
        )
        for (module, side), operations in sorted(grouped.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    }


def _operation(row: Mapping[str, Any]) -> Operation:
    query = row.get("query", ())
    path = PathForm(
        template=row["path"],
        query=tuple(name.rstrip("!") for name in query),
        required_query=tuple(name.rstrip("!") for name in query if name.endswith("!")),
        given_by=row.get("given_by"),
    )
    effect = Effect.READ if row["method"] == "GET" else _EFFECTS.get(row["module"], Effect.WRITE)
    return Operation(
        method=row["method"],
        path=path,
        purpose=Purpose(row["purpose"]),
        carries=row.get("carries"),
        answers=row.get("answers"),
        list=row.get("list", False),
        effect=effect,
        section=row["section"],
    )
