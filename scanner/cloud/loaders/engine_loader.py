"""What the loaders of an engine's files have in common: they read, and run nothing."""

import asyncio
from abc import ABC, abstractmethod
from typing import Final, Generic, TypeVar

from scanner.cloud.declared import Declared
from scanner.cloud.loaders.engine_memory import collector_at_rest
from scanner.cloud.loaders.engine_stack import stack_label
from scanner.cloud.place import Place
from scanner.cloud.stack_size import refuse_too_many
from scanner.model.cloud_input import PreviewInput, StateInput

_WAIT_S: Final = 60.0
I_contra = TypeVar("I_contra", bound=PreviewInput | StateInput, contravariant=True)


class EngineFileLoader(ABC, Generic[I_contra]):
    """A loader of which only `plan` and what the files declare differ."""

    def stack(self, one: I_contra, /) -> str:
        """The input's name in the configuration, and the stack's own as the document has it."""
        return stack_label(one.name, one.file)

    def ready(self, one: I_contra, /) -> str:
        """What it declares, and what is not whole.

        Raises: NotDeclared.
        """
        declared = self._read(one)
        refuse_too_many(len(declared.resources))
        return "; ".join((f"{len(declared.resources)} resources of {self.stack(one)}", *declared.missing))

    def wait_s(self, one: I_contra, /) -> float:  # noqa: ARG002 - as the protocol has it
        """Reading the largest file there may be takes seconds."""
        return _WAIT_S

    async def load(self, one: I_contra, place: Place, /) -> Declared:  # noqa: ARG002 - it starts no process
        """The resources of the stack.

        Raises: NotDeclared.
        """
        return await asyncio.to_thread(self._read, one)

    def _read(self, one: I_contra) -> Declared:
        with collector_at_rest():
            return self._declared(one)

    @abstractmethod
    def _declared(self, one: I_contra) -> Declared:
        """What the files declare.

        Raises: NotDeclared.
        """
