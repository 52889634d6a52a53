"""Somebody else's text in a sentence or a name of ours."""

from typing import Final

_OTHER: Final = "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """The text with everything replaced that is not printed as one character of one line."""
    return "".join(character if character.isprintable() else _OTHER for character in text)


def cut_line(text: str, most: int) -> str:
    """The same for a sentence: spaces and line breaks become one space, and it ends after `most` characters."""
    shown = one_line(" ".join(text.split()))
    return shown if len(shown) <= most else f"{shown[:most]}.."
