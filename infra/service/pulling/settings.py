"""How much is pulled, how often, and how long a partner that cannot answer is left alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSettings:
    """Bounds of one pass over one list, and pauses in seconds.

    `first_after_s`: from a registration to the first pass. `interval_s`: between two passes. `overlap_s`: how far
    before the last pass the next one begins, for clocks that differ and objects that moved while pages were read.
    `tries`, `first_pause_s`, `longest_pause_s`: of one page; pauses double, are jittered, and a partner that asks for a
    longer one ends the pass. `longest_absence_s`: how long a partner that asks for it is left alone between two passes.
    `most_pages`, `pass_timeout_s`: of one pass.
    """

    first_after_s: float = 1.0
    interval_s: float = 900.0
    overlap_s: float = 300.0
    page_size: int = 50
    most_pages: int = 400
    most_on_a_page: int = 1000
    pass_timeout_s: float = 600.0
    tries: int = 4
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    longest_absence_s: float = 86_400.0
