"""How many refusals are compared: of how many tokens the words, and of how many the times."""

from typing import Final

from scanner.model.credential import NearMiss

NEAR: Final = (NearMiss.ONE_CHANGED, NearMiss.WITHOUT_LAST)
WORDINGS: Final = 2 + len(NEAR) + 1  # two unknown tokens, those that are almost right, a malformed one
SAMPLES: Final = 24  # timed, of each of the two kinds
FEWEST: Final = 4 * 2 * SAMPLES  # the samples are at most a quarter of `max_refusals`
