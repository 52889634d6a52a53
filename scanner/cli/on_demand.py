"""Commands of a group that are imported one by one, so that none waits for the modules of the others."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import rich_click as click


class OnDemand(MutableMapping[str, click.Command]):
    """Commands by name; each is imported when it is asked for.

    Given as `module`, which has it under its own name, or as `module:attribute`.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._known: dict[str, str | click.Command] = dict(modules)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if isinstance(known, str):
            module, _, attribute = known.partition(":")
            known = self._known[name] = getattr(import_module(module), attribute or name)
        return known

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
