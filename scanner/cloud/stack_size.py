"""How large a stack may be: each resource takes some 8 ms in all, and 20 KB of the report."""

from typing import Final

from scanner.cloud.declared import NotDeclared
from scanner.model.observation import Reason

MOST_RESOURCES: Final = 10_000


def refuse_too_many(held: int) -> None:
    """Nothing for a stack that can be judged.

    Raises: NotDeclared for one that would be judged for many minutes, and whose report nobody could open.
    """
    if held > MOST_RESOURCES:
        said = (
            f"it has {held} resources, and at most {MOST_RESOURCES} of one stack are judged: give its parts one by one"
        )
        raise NotDeclared(said, Reason.NOT_EVALUATED)
