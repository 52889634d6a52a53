"""To whom served objects belong, and what one identity can read of another."""

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersSeen:
    """To whom the objects of a page belong, against `party`, the one spoken as.

    `own`: object or driver token is ours. `foreign`: the driver token is another party's, and the object not ours.
    `unnamed`: no issuer of a driver token is named, or our party id with another country code. `own_elsewhere`: another
    answer of the same list held objects of ours.
    """

    party: str
    examined: int
    own: int
    foreign: int
    unnamed: int
    foreign_parties: tuple[str, ...]
    curl: str
    own_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TenancyObserved:
    """What this identity was given of another identity's objects: by list, or by id on the path of the subject.

    `owners`: the other identities. `examined`: their objects that were tried, each readable to its owner. `without`:
    further identities that have nothing there.
    """

    owners: tuple[str, ...]
    without: tuple[str, ...] = ()
    examined: int
    readable: int
    curl: str
