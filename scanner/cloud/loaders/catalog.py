"""Which loader reads which kind of input."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.declared import Loader
from scanner.cloud.loaders.program import ProgramLoader
from scanner.model.cloud_input import CloudInput, ProgramInput

_LOADERS: Final[Mapping[type, Loader[Any]]] = {ProgramInput: ProgramLoader()}


def loader_of(one: CloudInput) -> Loader[Any]:
    """The loader of an input."""
    return _LOADERS[type(one)]
