"""Pages of lists."""

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.facts.ocpi.urls import SeenUrl
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """One page: what limit was asked for (None: none), what came, what the pagination headers said.

    `link_next`: where the next page is; None where no next page was named.
    """

    asked: int | None
    answer: Answer
    is_list: bool
    objects: int
    total_count: int | None
    limit: int | None
    link_next: SeenUrl | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageObserved:
    """Pages of one module, read with a valid token: first as it comes, then of one object, then far above any cap."""

    pages: tuple[SeenPage, ...]
