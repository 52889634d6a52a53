"""Policies of the providers that a document has nothing of: a third of Checkov's, and a tenth of its start.

A plan of Amazon's resources alone is judged without them. Any other gets all, before it is judged.
"""

import re
import sys
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_POLICIES: Final = "checkov.terraform.checks.resource"
_LOADED: Final = "aws"
_KIND: Final = re.compile(rb'"type"\s*:\s*"(?!aws_)[a-z][a-z0-9]*_')
_waiting: dict[str, Loader] = {}


class _Later(Loader):
    """Makes the package of one provider, with nothing in it yet."""

    def create_module(self, spec: ModuleSpec) -> None:
        """As any module is made."""

    def exec_module(self, module: ModuleType) -> None:
        """Not yet."""


class ProvidersLater:
    """Finds the packages of policies for resources of other providers, as ones that are empty for now."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ANN401 - as importlib asks
        """Such a package, still to be executed; None for everything else."""
        parent, _, own = name.rpartition(".")
        if parent != _POLICIES or own == _LOADED:
            return None
        found = PathFinder.find_spec(name, path, target)
        if found is None or found.loader is None or found.submodule_search_locations is None:
            return None
        _waiting[name], found.loader = found.loader, _Later()
        return found


def has_others(document: Path) -> bool:
    """True if something in it may be a resource of another provider: a type that is not one of Amazon's."""
    return bool(_KIND.search(document.read_bytes()))


def load_others() -> None:
    """The policies that were put off; nothing if they are there."""
    while _waiting:
        name, loader = _waiting.popitem()
        module = sys.modules[name]
        loader.exec_module(module)
        for policy in module.__all__:
            import_module(f"{name}.{policy}")
