"""Libraries of which Checkov only names something, to be loaded with the first use of a name.

It imports a library of graphs to ask whether a graph is one of its making (it never is: Checkov takes another), its
types of code scans to ask the same of what it encodes, and a printer of tables for a report that nobody prints.
"""

import sys
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

_NAMED: Final = ("checkov.common.sast.report_types", "detect_secrets", "networkx", "tabulate")
_ABSENT: Final = frozenset(
    {"git", "numpy", "numpy_financial"}
)  # Checkov does without: it clones nothing, and counts so


class LateName:
    """Stands for a class or a function; nothing is an instance of a class that nobody loaded."""

    def __init__(self, module: str, name: str) -> None:
        self._late_module = module
        self._late_name = name
        self._late: Any = None

    def late(self) -> Any:  # noqa: ANN401 - whatever a module may hold
        """What it stands for."""
        if self._late is None:
            self._late = getattr(_loaded(self._late_module), self._late_name)
        return self._late

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        """What calling it gives."""
        return self.late()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        if name.startswith("__"):  # what Python asks of any value, as one to be named in a type
            raise AttributeError(name)
        return getattr(self.late(), name)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """The class itself where another is derived from it."""
        return (self.late(),)

    def __instancecheck__(self, value: object) -> bool:
        return self._late is not None and isinstance(value, self._late)


class _Names(ModuleType):
    """Has every name that may be asked of it, as one that waits."""

    def __getattr__(self, name: str) -> LateName:
        if name.startswith("__"):
            raise AttributeError(name)
        late = LateName(self.__name__, name)
        setattr(self, name, late)
        return late


class _NamesLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Names(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing of it."""


class NamesLater:
    """Finds the libraries that are only named, and finds no library that is done without."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ANN401, ARG002 - as importlib asks
        """One that waits; None for everything else, and for what has been loaded after all."""
        if name.partition(".")[0] in _ABSENT:
            raise ModuleNotFoundError(f"{name} is not loaded here", name=name)
        if _family(name) and _family(name) not in _asked_for:
            return ModuleSpec(name, _NamesLoader(), is_package=True)
        return None


_asked_for: set[str] = set()


def _family(name: str) -> str:
    return next((one for one in _NAMED if name == one or name.startswith(f"{one}.")), "")


def _loaded(module: str) -> ModuleType:
    """The module itself; with it all names of its library that wait: one may be the class of what another makes."""
    family = _family(module)
    if family not in _asked_for:
        _asked_for.add(family)
        waiting = [sys.modules.pop(name) for name in list(sys.modules) if _family(name) == family]
        for one in [value for names in waiting for value in vars(names).values() if isinstance(value, LateName)]:
            one.late()
    return import_module(module)
