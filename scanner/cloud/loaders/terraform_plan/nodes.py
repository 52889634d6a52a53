"""Steps through a document whose form nobody vouches for: what is not as it should be is left out, not stumbled on."""

from collections.abc import Iterator, Mapping
from typing import Any


def objects(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """The objects in a list; none if it is no list."""
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """The texts in a list."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
