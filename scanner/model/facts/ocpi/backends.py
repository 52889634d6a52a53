"""A module whose backend is in trouble, as its operator says, and the modules beside it. No object is kept."""

from typing import Final

from scanner.model.facts.ocpi.objects import SeenViolation
from scanner.model.late_dataclass import dataclass
from scanner.model.target import BackendTrouble

_SLOW_S: Final = 1.0
_SLOWER: Final = 5.0  # times


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One GET of a list. `http_status` None: no answer within `seconds`; `ocpi_status` None: none in the answer.
    `ended`: there is no answer because the connection came to its end, and not because the time did.

    `objects`: how many came; `limit`: how many a page has at most, as X-Limit says; `total`: how many there are, as
    X-Total-Count says; `left_out`: how many of these did not come, where the page is the only one.
    `is_cut`: the answer is longer than what we take of one.
    """

    seconds: float
    http_status: int | None = None
    ocpi_status: int | None = None
    objects: int = 0
    total: int | None = None
    limit: int | None = None
    is_cut: bool = False
    ended: str | None = None
    left_out: int = 0
    violations: tuple[SeenViolation, ...] = ()
    curl: str = ""

    @property
    def is_success(self) -> bool:
        """HTTP and OCPI status say so."""
        return self.http_status == 200 and self.ocpi_status in range(1000, 2000)  # noqa: PLR2004 - HTTP OK

    @property
    def is_counted(self) -> bool:
        """As many came as its headers say: all that there is, or a full page of it."""
        whole = self.total == self.objects
        full = self.limit == self.objects and (self.total or 0) > self.objects
        return self.is_success and self.objects > 0 and (whole or full)

    def said(self) -> str:
        """For people."""
        if self.ended is not None:
            return f"no answer, but {self.ended} after {self.seconds:g} s"
        if self.http_status is None:
            return f"no answer within {self.seconds:g} s"
        if self.is_cut:
            return f"HTTP {self.http_status}, more bytes than we take, after {self.seconds:g} s"
        status = "without an OCPI status" if self.ocpi_status is None else f"OCPI {self.ocpi_status}"
        return f"HTTP {self.http_status}, {status}, after {self.seconds:g} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another module: asked before anybody asked the troubled one, and while requests to that were under way."""

    name: str
    calm: tuple[Asked, ...]
    strained: tuple[Asked, ...]

    @property
    def usual_s(self) -> float:
        """The longest that it took before."""
        return max(asked.seconds for asked in self.calm)

    def slow(self) -> tuple[Asked, ...]:
        """Answers that took far longer than before."""
        return tuple(asked for asked in self.strained if asked.seconds > max(_SLOW_S, _SLOWER * self.usual_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendTroubled:
    """One module on an `InterfaceSubject`: what it answers in its trouble, and how its neighbours do meanwhile.

    `under_way`: requests to it that had no answer yet when the neighbours had theirs, or got none in all their time.
    `looks` 2: a first look saw slow neighbours, and this is the second one, because a machine or a network that stood
    still for a moment looks the same.
    """

    trouble: BackendTrouble
    own: tuple[Asked, ...]
    neighbours: tuple[Neighbour, ...]
    under_way: int
    looks: int = 1

    @property
    def counts_right(self) -> bool:
        """Of the platform's lists that are well, those that can be counted hold what their headers say."""
        calm = [asked for one in self.neighbours for asked in one.calm if asked.is_success]
        return any(asked.is_counted for asked in calm) and not any(asked.left_out for asked in calm)


BACKEND_FACTS: tuple[type, ...] = (BackendTroubled,)
