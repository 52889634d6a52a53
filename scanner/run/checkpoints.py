"""Checkpoints: what a long probe has done so far, on record, so that a resumed run need not begin anew."""

from collections.abc import Mapping

from scanner.gate.journal import Journal
from scanner.model.json_value import JsonValue


class JournalledCheckpoints:
    """The checkpoints of one probe in one environment; `before` is what the journal of a resumed run holds of it.

    `durable`: they must survive a power failure, too, not only the end of this process.
    """

    def __init__(
        self, journal: Journal, environment: str, probe: str, before: Mapping[str, JsonValue], *, durable: bool = True
    ) -> None:
        self._journal = journal
        self._durable = durable
        self._environment = environment
        self._probe = probe
        self._before = before

    def kept(self, key: str) -> JsonValue:
        """See `scanner.probe.Checkpoints`."""
        return self._before.get(key)

    def keep(self, key: str, value: JsonValue) -> None:
        """See `scanner.probe.Checkpoints`. Raises: OSError if it cannot be written.

        Words of the target may name a driver; equal words stay equal, so a resumed run goes on alike.
        """
        place: dict[str, JsonValue] = {"environment": self._environment, "probe": self._probe}
        entry = {**place, "key": key, "value": self._journal.of_nobody(value)}
        self._journal.write("checkpoint", entry, durable=self._durable)
