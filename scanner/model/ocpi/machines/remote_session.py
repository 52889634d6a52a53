"""Sessions that commands begin and end: one at an EVSE, for drivers of the sender, and ended once."""

from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Sender, Sets, Tag

_START: Final = "commands, StartSession object"
_ONE: Final = "locations, EVSE object; commands, CommandResultType enum"
_STOP: Final = "commands, StopSession object and CommandType enum"
_CHARGING, _ENDED = "CHARGING", "ENDED"


def remote_session_machine(version: str) -> Machine:
    """Sessions of one version; tokens of 2.1.1 do not say whose they are."""
    foreign = (
        _start("start-with-foreign-token", ABSENT, Legality.ILLEGAL, _START, {"/token/party_id": Tag.OTHER_PARTY}),
    )
    return Machine(
        version=version,
        name="remote-sessions",
        module="commands",
        states=(ABSENT, _CHARGING, _ENDED),
        final=frozenset({_ENDED}),
        edges=(
            _start("start", ABSENT, Legality.LEGAL, _START),
            _start("start-repeated", _CHARGING, Legality.ILLEGAL, _ONE),
            _start("start-occupied", _CHARGING, Legality.ILLEGAL, _ONE),
            _stop("stop-of-other", _CHARGING, Legality.ILLEGAL, Sender.OTHER),
            _stop("stop", _CHARGING, Legality.LEGAL),
            _stop("stop-ended", _ENDED, Legality.ILLEGAL),
            *(foreign if version != "2.1.1" else ()),
        ),
    )


def _start(name: str, source: str, legality: Legality, section: str, after: Sets | None = None) -> Edge:
    return Edge(
        name=name,
        source=source,
        target=_CHARGING if legality is Legality.LEGAL else source,
        by="POST",
        legality=legality,
        section=section,
        carries="StartSession",
        after=after or {},
    )


def _stop(name: str, source: str, legality: Legality, sender: Sender = Sender.OWNER) -> Edge:
    """Only what goes on can be stopped, by the eMSP whose driver is charging."""
    return Edge(
        name=name,
        source=source,
        target=_ENDED if legality is Legality.LEGAL else source,
        by="POST",
        legality=legality,
        section=_STOP,
        carries="StopSession",
        sender=sender,
    )
