"""`dataclass` for values that cannot change, which compiles `__init__` when the first value is made.

The standard library compiles six functions a class with `exec` where its module is loaded. For the hundreds of types of
a scan that took a third of the time of all imports, and many types never get a value: a scan that only reads makes none
of what writes and loads show.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from dataclasses import dataclass as _dataclass
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final, Never

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - a type checker sees the one it knows
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> Callable[[type], type]:
        """As the standard library's; late for what is frozen, has slots and takes names alone.

        All dataclasses among the bases and heirs of a late one have to be late as well.
        Raises: TypeError, where such a class is written, for a mixture, and where its values could change.
        """
        if frozen and slots and kw_only:
            return _late
        return _dataclass(frozen=frozen, slots=slots, kw_only=kw_only)


class _Made:
    """Stands for a default that a factory makes for each value."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE: Final = _Made()


class _LateInit:
    """Stands for `__init__` until somebody asks for it: to make a value, or to read its signature."""

    __slots__ = ("_kind",)

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __get__(self, value: object, owner: type | None = None) -> Any:  # noqa: ANN401 - a function or a method
        made = _compiled(self._kind)
        setattr(self._kind, "__init__", made)  # noqa: B010 - in its own place, for all values that come later
        return made if value is None else made.__get__(value, owner)


def _late(written: type) -> type:
    kind: type = _dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)(written)
    own = vars(written)
    if own.keys() & _FROZEN:
        raise TypeError(f"{written.__qualname__} is frozen, so it has no {' or '.join(_FROZEN)} of its own")
    for name, method in _methods(kind).items():
        if own.get(name) is None:  # `__hash__` is None where a class brings an `__eq__` of its own
            setattr(kind, name, method)
    return kind


def _methods(kind: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass
    known = fields(kind)
    compared = _values_of([one.name for one in known if one.compare])
    hashed = _values_of([one.name for one in known if (one.compare if one.hash is None else one.hash)])
    shown = [one.name for one in known if one.repr]

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - a method
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(hashed(self))

    @recursive_repr()
    def __repr__(self: object) -> str:  # noqa: N807
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({said})"

    kept = {"__getstate__": _state, "__setstate__": _set_state}
    made = {"__init__": _LateInit(kind), "__eq__": __eq__, "__hash__": __hash__, "__repr__": __repr__}
    return {**made, **_FROZEN, **kept}


def _values_of(names: list[str]) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _: ()


def _compiled(kind: Any) -> Any:  # noqa: ANN401
    """`__init__` as the standard library writes it, which makes two more methods with it."""
    asked = [one for one in fields(kind) if one.init]
    body = [f"_set(self, {one.name!r}, {_value(one)})" for one in fields(kind) if one.init or _default(one)]
    body += ["self.__post_init__()"] if hasattr(kind, "__post_init__") else []
    names: dict[str, Any] = {"_set": object.__setattr__, "_MADE": _MADE}
    for one in fields(kind):
        names |= {f"_default_{one.name}": one.default, f"_factory_{one.name}": one.default_factory}
    head = ", ".join(["self", *(["*"] if asked else []), *(f"{one.name}{_default(one)}" for one in asked)])
    exec(f"def __init__({head}):\n " + "\n ".join(body or ["pass"]), names)  # noqa: S102 - names of fields alone
    made = names["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    made.__annotations__ = {**{one.name: one.type for one in asked}, "return": None}
    return made


def _default(one: Field[Any]) -> str:
    """What stands behind the name among the parameters."""
    if one.default is not MISSING:
        return f"=_default_{one.name}"
    return "" if one.default_factory is MISSING else "=_MADE"


def _value(one: Field[Any]) -> str:
    made = f"_factory_{one.name}()"
    if not one.init:
        return f"_default_{one.name}" if one.default is not MISSING else made
    return one.name if one.default_factory is MISSING else f"{made} if {one.name} is _MADE else {one.name}"


def _refuse_change(_: object, name: str, __: object) -> Never:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(_: object, name: str) -> Never:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_FROZEN: Final = {"__setattr__": _refuse_change, "__delattr__": _refuse_removal}


def _state(value: Any) -> list[object]:  # noqa: ANN401
    """What is copied and pickled: the values in the order of the fields."""
    return [getattr(value, one.name) for one in fields(value)]


def _set_state(value: Any, state: list[object]) -> None:  # noqa: ANN401
    for one, held in zip(fields(value), state, strict=True):
        object.__setattr__(value, one.name, held)
