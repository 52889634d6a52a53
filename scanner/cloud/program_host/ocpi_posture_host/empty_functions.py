"""Is a property of a type written out? The SDK asks of each, and compares four times what differs at once."""

from collections.abc import Callable
from typing import Any, Final

from pulumi import _utils

_ASKS: Final = "is_empty_function"
_FORMS: Final = ("_empty", "_empty_doc", "_empty_lambda", "_empty_lambda_doc")  # what the SDK compares with


def answer_at_once() -> None:
    """From here on; an SDK that asks in another way is left alone."""
    plain = getattr(_utils, _ASKS, None)
    forms = [getattr(_utils, name, None) for name in _FORMS]
    if plain is not None and all(forms):
        setattr(_utils, _ASKS, _quick(plain, frozenset(form.__code__.co_code for form in forms if form)))


def _quick(plain: Callable[[Any], bool], empty: frozenset[bytes]) -> Callable[[Any], bool]:
    def is_empty(function: Any) -> bool:  # noqa: ANN401 - any function
        return function.__code__.co_code in empty and plain(function)

    return is_empty
