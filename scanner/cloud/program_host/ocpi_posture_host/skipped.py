"""Functions given to `apply` that never ran, because their value is unknown here, and that would declare resources."""

import dis
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pulumi


class SkippedApplies:
    """Watches `Output.apply`; what is still waiting when the program has ended was skipped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.parent
        self._waiting: dict[int, FunctionType] = {}

    def watch(self) -> None:
        """From here on; only functions of the program's own files count."""
        plain = pulumi.Output.apply

        def apply(output: Any, func: Callable[[Any], Any], run_with_unknowns: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - pulumi's own signature
            return plain(output, self._watched(func), run_with_unknowns)

        pulumi.Output.apply = apply

    def _watched(self, func: Callable[[Any], Any]) -> Callable[[Any], Any]:
        if not isinstance(func, FunctionType) or not self._own(func.__code__):
            return func
        self._waiting[id(func)] = func

        def ran(value: Any) -> Any:  # noqa: ANN401 - pulumi's own types
            self._waiting.pop(id(func), None)
            return func(value)

        return ran

    def _own(self, code: CodeType) -> bool:
        file = code.co_filename
        return file.startswith(str(self._folder)) and "site-packages" not in file

    def lines(self) -> list[dict[str, Any]]:
        """File and line of each that was skipped and declares resources, in order."""
        found = {(one.__code__.co_filename, one.__code__.co_firstlineno) for one in self._declaring()}
        return [{"file": file, "line": line} for file, line in sorted(found)]

    def _declaring(self) -> Iterator[FunctionType]:
        for one in list(self._waiting.values()):
            if self._declares(one.__code__, one.__globals__, set()):
                yield one

    def _declares(self, code: CodeType, names: dict[str, Any], seen: set[CodeType]) -> bool:
        """True if the code names a resource's class, itself or in a function of the program that it calls."""
        if code in seen:
            return False
        seen.add(code)
        inner = [one for one in code.co_consts if isinstance(one, CodeType)]
        if any(self._declares(one, names, seen) for one in inner):
            return True
        for named in _named(code, names):
            if isinstance(named, type) and issubclass(named, pulumi.Resource):
                return True
            called = named if isinstance(named, FunctionType) and self._own(named.__code__) else None
            if called is not None and self._declares(called.__code__, called.__globals__, seen):
                return True
        return False


def _named(code: CodeType, names: dict[str, Any]) -> Iterator[Any]:
    """The objects that chains of names (`aws.ec2.Subnet`) in the code stand for."""
    held: Any = None
    for step in dis.get_instructions(code):
        if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            held = names.get(str(step.argval))
        elif step.opname in {"LOAD_ATTR", "LOAD_METHOD"} and held is not None:
            held = getattr(held, str(step.argval), None)
        else:
            held = None
        if held is not None:
            yield held
