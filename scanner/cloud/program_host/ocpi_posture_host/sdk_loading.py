"""Load of a generated SDK only what a program touches; loading all of it is most of what running a program costs.

A namespace such as `pulumi_aws.ec2` imports each of its modules, of which a program needs a few: here each is imported
with its first name, and each of its types (see `sdk_classes`) with its first use. Packages of any other make are loaded
as ever.
"""

import builtins
import re
import sys
import typing
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from .sdk_classes import GENERATED, TYPES, ResourceLoader, TypesLoader

_STAR: Final = re.compile(r"from \.(\w+) import \*")
_EXPORTS: Final = re.compile(r"^__all__ = \[([^\]]*)\]$", re.MULTILINE)
_NAME: Final = re.compile(r"'(\w+)'")
_OUTPUTS: Final = "from . import outputs"
_OTHER_LINES: Final = frozenset({
    "import builtins as _builtins",
    "from .. import _utilities",
    "import typing",
    _OUTPUTS,
})  # fmt: skip


def load_on_demand() -> None:
    """From here on; what is loaded already stays as it is."""
    sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds what the path has, and has the namespaces and inputs of SDKs loaded otherwise."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, module = fullname.partition(".")
        if not module or not package.startswith("pulumi_"):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            file = spec.loader.path
            if spec.submodule_search_locations is not None:
                spec.loader = _NamespaceLoader(fullname, file)
            elif fullname.rpartition(".")[2] in TYPES:
                spec.loader = TypesLoader(fullname, file)
            else:
                spec.loader = ResourceLoader(fullname, file)
        return spec


class _Namespace(ModuleType):
    """Modules by the names that they give to it; the later one wins, as with `import *` of one after the other."""

    _homes: Mapping[str, str]
    _modules: frozenset[str]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a module may hold
        if home := self._homes.get(name):
            value = getattr(import_module(f".{home}", self.__name__), name)
            super().__setattr__(name, value)
            return value
        if name in self._modules:
            return import_module(f".{name}", self.__name__)
        if name == "__all__":
            return [one for one in dir(self) if not one.startswith("_")]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        """A function may be called as its module is, and takes its place once both are there."""
        if isinstance(value, ModuleType) and self._homes.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self._homes, *self._modules} - {"_homes", "_modules"})


class _NamespaceLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        source = self.get_data(self.path).decode()
        modules = _modules(source)
        homes = _homes(Path(self.path).parent, modules)
        if homes is None:
            super().exec_module(module)
            return
        parent = module.__name__.rpartition(".")[0]
        module.__dict__.update(
            _builtins=builtins,
            _utilities=import_module(f"{parent}._utilities"),
            _homes=homes,
            _modules=frozenset((*modules, "outputs") if _OUTPUTS in source else modules),
            typing=typing,
        )
        module.__class__ = _Namespace


def _modules(source: str) -> tuple[str, ...]:
    """Those that a generated namespace imports; none if it does anything else."""
    if GENERATED not in source:
        return ()
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    stars = [_STAR.fullmatch(line) for line in lines]
    if not all(star or line in _OTHER_LINES for star, line in zip(stars, lines, strict=True)):
        return ()
    return tuple(star[1] for star in stars if star)


def _homes(folder: Path, modules: Sequence[str]) -> dict[str, str] | None:
    """The module of each name, by the lists of what they export; None where one has no such list."""
    homes: dict[str, str] = {}
    for module in modules:
        exported = _EXPORTS.search((folder / f"{module}.py").read_text(encoding="utf-8"))
        if exported is None:
            return None
        homes |= dict.fromkeys(_NAME.findall(exported[1]), module)
    return homes or None
