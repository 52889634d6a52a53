"""Is something public: yes, no, or yes unless something turns out that is not known."""

from typing import Final

Opening = tuple[bool, str | None]  # is it public, and what of it is not known
SHUT: Final[Opening] = (False, None)
OPEN: Final[Opening] = (True, None)


def in_doubt(why: str) -> Opening:
    """It may be public: `why` says what is not known."""
    return True, why
