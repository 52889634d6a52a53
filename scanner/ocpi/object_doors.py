"""Single objects that the valid token can read by their ids: doors behind the advertised ones.

A route of an object may forget the token that its list asks for. The ids are those of a first page; they stay in
memory, and a template stands for them wherever something is stored.
"""

from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.access import AccessObserved, AccessWithoutToken, AccessWithToken, AccessWithWrongToken
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.subject import Side
from scanner.model.target import Endpoint
from scanner.ocpi.by_id import repeat_by_id
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface, discovered, first_speaker
from scanner.ocpi.notes import Notebook
from scanner.ocpi.object_ids import LISTED, TOKENS, driver_token, paths_within, templates
from scanner.ocpi.owned import IdPath
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.rounds import Door
from scanner.ocpi.url_place import with_path, with_query
from scanner.ocpi.version_lists import MOST_VERSIONS
from scanner.probe import ProbeContext

STRANGERS: Final[tuple[type[AccessObserved], ...]] = (AccessWithoutToken, AccessWithWrongToken)
_SIDES: Final = 2  # a module may be advertised as sender, and without a side as in 2.1.1
_OF_TOKENS: Final = 2  # tries to find the token of a driver: of a session, and of a CDR


def most_gets(speakers: int) -> int:
    """GETs with a valid token at one endpoint: each list, and the objects that are looked for behind it."""
    return speakers * MOST_VERSIONS * _SIDES * (len(LISTED) + sum(len(templates(m)) for m in LISTED) + _OF_TOKENS)


def most_questions(context: ProbeContext, endpoint: Endpoint) -> int:
    """How often strangers ask for objects at most."""
    interfaces = first_speaker(discovered(context, endpoint)).values()
    paths = sum(len(templates(i.module)) for i in interfaces if _may_list(i))
    return len(STRANGERS) * (paths + sum(_takes_tokens(i) for i in interfaces))


class ObjectDoors:
    """One endpoint. Every object that becomes a door was given to the valid token first."""

    def __init__(self, context: ProbeContext, client: OcpiClient) -> None:
        self._context, self._client = context, client
        self._interfaces = tuple(first_speaker(discovered(context, client.endpoint)).values())

    async def find(self) -> tuple[Door, ...]:
        """What cannot be read in this way has no door; what nobody could decide is recorded."""
        found: list[Door] = []
        drivers: dict[str, list[IdPath]] = {}
        for interface in filter(_may_list, self._interfaces):
            reply = await self._list(interface)
            if reply is None:
                continue
            found += await self._behind(interface, paths_within(interface, reply.objects))
            if driver := driver_token(interface, reply.objects):
                drivers.setdefault(interface.version, []).append(driver)
        for interface in filter(_takes_tokens, self._interfaces):
            for path in drivers.get(interface.version, [])[:_OF_TOKENS]:
                if doors := await self._behind(interface, (path,)):
                    found += doors
                    break
        return tuple(found)

    async def _list(self, interface: Interface) -> Reply | None:
        """The first page; None where it shows no object that could be asked for."""
        wanted = f"{interface.name}, for an object to ask for by its id"
        reply = await self._client.get(interface.url, wanted, interface.credential)
        if isinstance(reply, NoReply):
            self._undecided(interface, templates(interface.module)[0], reply)
            return None
        if reply.access is Access.DATA and paths_within(interface, reply.objects):
            return reply
        if reply.access is Access.DATA or reply.access in DECIDES_NOTHING:
            why = reply.unreadable(wanted)
            if reply.access is Access.DATA:
                why = replace(why, detail=f"{wanted}: no object of the list has an id that can stand in a URL")
            self._undecided(interface, templates(interface.module)[0], why)
        return None

    async def _behind(self, interface: Interface, paths: tuple[IdPath, ...]) -> list[Door]:
        """From the object to its parts, as far as they are given."""
        found: list[Door] = []
        for path in paths:
            door = await self._opened(interface, path)
            if door is None:
                break
            found.append(door)
        return found

    async def _opened(self, interface: Interface, path: IdPath) -> Door | None:
        """The door, where the valid token opens it."""
        url = with_query(with_path(interface.url, *path.segments), **path.query)
        shown, wanted = interface.url.rstrip("/") + path.template, f"{interface.name}{path.template}"
        reply = await self._client.get(url, wanted, interface.credential, shown_url=shown)
        if isinstance(reply, NoReply) or reply.access in DECIDES_NOTHING:
            why = reply if isinstance(reply, NoReply) else reply.unreadable(wanted)
            self._undecided(interface, path.template, why)
        if isinstance(reply, NoReply) or reply.access is not Access.DATA:
            return None
        subject = replace(interface.subject, path=path.template)
        book = Notebook(self._context, self._client.endpoint, interface.credential.identity)
        evidence = book.keep(wanted, reply, body=False, shown_url=shown)
        answer = replace(reply.answer, curl=repeat_by_id(reply, shown))
        book.seen(subject, AccessWithToken(answers=(answer,)), evidence)
        return Door(url=url, subjects=(subject,), place=UrlPlace.IN_SCOPE, questions=STRANGERS, shown_url=shown)

    def _undecided(self, interface: Interface, template: str, why: NoReply) -> None:
        book = Notebook(self._context, self._client.endpoint, None)
        # A failure would be kept with its URL, in which the id stands.
        book.missing(replace(interface.subject, path=template), STRANGERS, replace(why, failure=None))


def _may_list(interface: Interface) -> bool:
    in_reach = interface.place is UrlPlace.IN_SCOPE
    return in_reach and interface.module in LISTED and interface.side is not Side.RECEIVER


def _takes_tokens(interface: Interface) -> bool:
    in_reach = interface.place is UrlPlace.IN_SCOPE
    return in_reach and interface.module == TOKENS and interface.side is Side.RECEIVER
