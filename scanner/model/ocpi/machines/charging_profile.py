"""Charging profiles of an active session: set, replaced, cleared (since 2.2)."""

from typing import Final

from scanner.model.ocpi.machines.machine import Edge, Legality, Machine, Sender, Sets, Tag

_RECEIVER: Final = "charging profiles, receiver interface"
_CLASS: Final = "charging profiles, ChargingProfile and ChargingProfilePeriod class"
_NONE, _SET = "NONE", "SET"
_PERIODS: Final = "/charging_profile/charging_profile_period"


def charging_profile_machine(version: str) -> Machine:
    """Charging profiles; the session they are for is active and the sender's own, but where an edge says otherwise."""
    return Machine(
        version=version,
        name="chargingprofiles",
        module="chargingprofiles",
        states=(_NONE, _SET),
        final=frozenset(),
        edges=(
            _put("set", _NONE, Legality.LEGAL, {}),
            _put("replace", _SET, Legality.LEGAL, {}),
            _other("read", _SET, _SET, "GET", Legality.LEGAL),
            _other("clear", _SET, _NONE, "DELETE", Legality.LEGAL),
            _other("clear-nothing", _NONE, _NONE, "DELETE", Legality.UNSPECIFIED),
            _put(
                "set-unordered",
                _NONE,
                Legality.ILLEGAL,
                {f"{_PERIODS}/0/start_period": 60, f"{_PERIODS}/1/start_period": 0},
            ),
            _misplaced("set-on-session-of-other-sender", {}, Sender.OTHER),
            _misplaced("set-on-unknown-session", {"/id": Tag.NEW_ID}, Sender.OWNER),
            _misplaced("set-on-completed-session", {"/status": "COMPLETED"}, Sender.OWNER),
            _put("set-below-zero", _NONE, Legality.UNSPECIFIED, {f"{_PERIODS}/0/limit": -1.0}),
        ),
    )


def _put(name: str, source: str, legality: Legality, after: Sets) -> Edge:
    target = source if legality is not Legality.LEGAL else _SET
    return Edge(
        name=name,
        source=source,
        target=target,
        by="PUT",
        legality=legality,
        section=_CLASS if after else _RECEIVER,
        carries="SetChargingProfile",
        after=after,
    )


def _misplaced(name: str, session: Sets, sender: Sender) -> Edge:
    """Answered as rejected or unknown: a profile is for an ongoing session of the sender's customer."""
    return Edge(
        name=name,
        source=_NONE,
        target=_NONE,
        by="PUT",
        legality=Legality.ILLEGAL,
        section="charging profiles, flow and ChargingProfileResponseType enum",
        carries="SetChargingProfile",
        before=session,
        sender=sender,
    )


def _other(name: str, source: str, target: str, by: str, legality: Legality) -> Edge:
    return Edge(name=name, source=source, target=target, by=by, legality=legality, section=_RECEIVER)
