"""Reservations of a named EVSE: made, replaced and cancelled by us; never in the past, for or by somebody else.

A result that comes to our platform is the only thing that shows a reservation: OCPI has no GET of one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from scanner.model.facts.ocpi.transitions import Became
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.party import Party
from scanner.ocpi.callbacks.commands import Command, Commanding
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.requests.requester import Request, Requester

MOST: Final = 10  # requests, with those that take back what should not have been made
_LONGER: Final = timedelta(minutes=12)
_ANOTHERS_S: Final = 1.0  # its result goes to its own platform, if anywhere; ours shows what came of it
_LONG_AGO: Final = timedelta(days=365)
_NO_SIGN: Final = "nothing in OCPI shows whose a reservation is once the other's command was accepted"
_NOBODY: Final = "needs a second disposable eMSP identity that the platform offers commands to"
_NO_PARTY: Final = "needs a second identity with a party, or one of absent_parties"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    """`others`: the commands interface of a second identity of ours; `stranger`: a party that is not the sender's."""

    requester: Requester
    interface: Interface
    commanding: Commanding
    others: tuple[Interface, Party] | None
    stranger: Party | None
    leftover: Leftover

    async def walk(self) -> None:
        """One of ours through its life, with the other's hands off it; what is no reservation on the way."""
        reserved = self.commanding.reserve()
        made = await self._ask("reserve", reserved, leaves=(self.leftover,))
        if made is not Became.DONE:
            return  # without a result of what is right, none of what is wrong tells anything
        await self._in_the_past()
        await self._for_another()
        await self._ask("replace", self._until(reserved, self.commanding.now + _LONGER))
        self.requester.not_tried("replace-of-other", _NO_SIGN)
        tried = await self._by_another(reserved)
        cancelled = await self._ask("cancel", self.commanding.cancel(reserved))
        if cancelled is Became.DONE:
            self.requester.context.gate.taken_back(self.leftover)
        if tried:
            self.requester.mend("cancel-of-other", _of_other(cancelled))
        await self._ask("cancel-canceled", self.commanding.cancel(reserved))
        await self._ask("cancel-unknown", self.commanding.cancel(self.commanding.reserve()))

    async def _in_the_past(self) -> None:
        command = self._until(self.commanding.reserve(), self.commanding.now - _LONG_AGO)
        left = self._left_by(command, "until a moment that is over")
        await self._undone(await self._ask("reserve-until-past", command, leaves=(left,)), command, left)

    async def _for_another(self) -> None:
        if self.stranger is None:
            self.requester.not_tried("reserve-with-foreign-token", _NO_PARTY)
            return
        command = self.commanding.reserve()
        token = command.body["token"]
        theirs: dict[str, JsonValue] = dict(token) if isinstance(token, Mapping) else {}
        theirs |= {"country_code": self.stranger.country_code, "party_id": self.stranger.party_id}
        command = Command(command=command.command, body={**command.body, "token": theirs})
        left = self._left_by(command, f"for a token of {self.stranger}")
        became = await self._ask("reserve-with-foreign-token", command, self.stranger, leaves=(left,))
        await self._undone(became, command, left)

    async def _undone(self, became: Became, command: Command, left: Leftover) -> None:
        """Cancel what should not have been made."""
        if became in {Became.REFUSED, Became.NOT_TRIED}:
            self.requester.context.gate.taken_back(left)
        else:
            await self.requester.undo(self._request("taken back", self.commanding.cancel(command)), left)

    def _left_by(self, command: Command, why: str) -> Leftover:
        """One beside the reservation that is walked."""
        return replace(self.leftover, what=f"{self.leftover.what}: {command.body['reservation_id']}, {why}")

    async def _by_another(self, reserved: Command) -> bool:
        if self.others is None:
            self.requester.not_tried("cancel-of-other", _NOBODY)
            return False
        interface, party = self.others
        request = self._request("cancel-of-other", self.commanding.cancel(reserved), party, interface)
        became = await self.requester.ask(request, _ANOTHERS_S)
        return became not in {Became.NOT_TRIED, Became.CRASHED}

    async def _ask(
        self,
        edge: str,
        command: Command,
        other: Party | None = None,
        interface: Interface | None = None,
        leaves: tuple[Leftover, ...] = (),
    ) -> Became:
        return await self.requester.ask(self._request(edge, command, other, interface, leaves))

    def _request(
        self,
        edge: str,
        command: Command,
        other: Party | None = None,
        interface: Interface | None = None,
        leaves: tuple[Leftover, ...] = (),
    ) -> Request:
        at = interface or self.interface
        return Request(
            edge=edge,
            interface=at,
            method="POST",
            url=f"{at.url.rstrip('/')}/{command.command}",
            body=command.body,
            evse=self.commanding.evse.evse_uid,
            owners=frozenset(filter(None, (self.commanding.party, other))),
            leaves=leaves,
        )

    def _until(self, command: Command, moment: datetime) -> Command:
        return Command(command=command.command, body={**command.body, "expiry_date": f"{moment:%Y-%m-%dT%H:%M:%SZ}"})


def _of_other(cancelled: Became) -> Became:
    """Our own cancellation says whether there still was something to cancel."""
    shows = {Became.DONE: Became.REFUSED, Became.REFUSED: Became.DONE}
    return shows.get(cancelled, Became.UNREAD)
