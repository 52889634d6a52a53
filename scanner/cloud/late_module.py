"""A library that another one names and nobody here uses is loaded with its first use, if there is any."""

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """Executes itself when it is asked for what it does not have yet; `LazyLoader` does so with the next import."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a module may hold
        ModuleType.__setattr__(self, "__class__", ModuleType)
        loader = self.__spec__.loader if self.__spec__ else None
        if loader is not None:
            loader.exec_module(self)
        return getattr(self, name)


def put_off(name: str) -> None:
    """Let the next `import NAME` of this process give a module that waits; one that is loaded stays.

    A library that is not installed is left to that `import`, which says so.
    """
    spec = find_spec(name) if name not in sys.modules else None
    if spec is not None:
        module = module_from_spec(spec)
        module.__class__ = _Late
        sys.modules[name] = module
