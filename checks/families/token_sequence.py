"""What is wrong with tokens that were given one after the other."""

from typing import Final

from scanner.model.token_shape import TokenSequence

_BITS: Final = 128


def weaknesses_of(tokens: TokenSequence) -> list[str]:
    """In words; empty where nothing is."""
    known = (
        (tokens.in_sequence, f"{tokens.in_sequence} follow on the one before by a small number"),
        (tokens.alike, f"{tokens.alike} have half of their length in common with the one before"),
        (tokens.entropy_bits < _BITS, f"the weakest can hold {tokens.entropy_bits:g} bits at most"),
        (not tokens.at_most_64, "longer than 64 characters"),
        (not tokens.printable_ascii, "not printable ASCII"),
    )
    return [said for is_wrong, said in known if is_wrong]
