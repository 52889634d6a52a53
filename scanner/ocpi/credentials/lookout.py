"""Where tokens are looked at from, where no registration of ours is under way."""

from scanner.model.late_dataclass import dataclass
from scanner.model.party import Identity
from scanner.model.target import Endpoint
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.addresses import asked_at
from scanner.ocpi.credentials.doors import Door
from scanner.ocpi.credentials.pending import Pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """A `Vantage`; `addresses`: those of the endpoint's name that answered, `unreached`: those that did not."""

    endpoint: Endpoint
    identity: Identity
    client: OcpiClient
    pending: Pending
    addresses: tuple[str, ...]
    unreached: tuple[str, ...]

    def addresses_of(self, door: Door) -> tuple[str | None, ...]:
        """See `Vantage.addresses_of`."""
        return asked_at(self.endpoint, door, self.addresses)
