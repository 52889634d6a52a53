"""Somebody else's text in a sentence or a name of ours."""


def one_line(text: str) -> str:
    """The text with everything replaced that is not printed as one character of one line."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
