"""The way back after a scan that ended while a registration that the platform started was not settled.

The sink then holds up to three tokens, and the platform lets in one of them. Each is shown to the versions URL, which
opens to every token that opens anything; the one that is let in becomes the one to speak with, when all others are
refused. Where that cannot be told all are kept.
"""

from collections.abc import Sequence

from scanner.gate.sink import SinkFailed
from scanner.model.credential import Credential, Former, FormerCredential, IdentityCredential
from scanner.model.facts.ocpi.answer import Access
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.authorization import forms
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.doors import OPEN
from scanner.ocpi.invitation.probe import left_by_start
from scanner.ocpi.invitation.settling import Opens, the_one
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

_PROBE = "cleanup"
_NAMES = {None: "the present one", Former.OFFERED: "the one that was offered", Former.PREVIOUS: "the one of before"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What became of the tokens of one identity, in words; `is_done`: the sink holds the valid one and no other.

    `undone`: what was left of a registration that the platform turns out not to have made.
    """

    identity: str
    is_done: bool
    said: str
    undone: Leftover | None = None


async def settle_standing(context: ProbeContext, identity: str) -> Settling | None:
    """Settle what stands beside the token of an identity; None where nothing does."""
    target, offers = context.target, context.gate.standing_offers
    try:
        beside = await offers.recall(target.name, identity)
        if beside is None:
            return None
        endpoint, speaker = next(
            (one, i) for one in target.endpoints for i in target.speakers(one) if i.name == identity
        )
        opens = await _opens(context, endpoint, identity, (None, *beside))
        valid = the_one(opens)
        if valid is None:
            return Settling(identity=identity, is_done=False, said=_untold(opens))
        await offers.settle(target.name, identity, valid.which)
    except StopIteration:
        return Settling(identity=identity, is_done=False, said="it speaks to no endpoint, so nobody can be asked")
    except (SinkFailed, OSError) as failed:
        return Settling(identity=identity, is_done=False, said=str(failed))
    came_to_nothing = valid.which is Former.PREVIOUS or (valid.which is None and Former.OFFERED in beside)
    undone = left_by_start(target, speaker) if came_to_nothing else None
    if undone is not None:
        context.gate.taken_back(undone)
    said = f"the platform lets in {_NAMES[valid.which]}, which is in use; what stood beside it is gone"
    return Settling(identity=identity, is_done=True, said=said, undone=undone)


async def _opens(context: ProbeContext, endpoint: Endpoint, identity: str, which: Sequence[Former | None]) -> Opens:
    client = OcpiClient(context, endpoint, _PROBE)
    return {one: await _is_open(client, identity, one) for one in which}


async def _is_open(client: OcpiClient, identity: str, which: Former | None) -> bool | None:
    """In one form or the other; None where an answer does not say."""
    for encoding in forms():
        wanted = f"versions with {_NAMES[which]} of the tokens of {identity}"
        reply = await client.get(client.endpoint.versions_url, wanted, _shown(identity, which, encoding))
        if isinstance(reply, NoReply) or reply.access not in {*OPEN, Access.REFUSED}:
            return None
        if reply.access in OPEN:
            return True
    return False


def _shown(identity: str, which: Former | None, encoding: TokenEncoding) -> Credential:
    if which is None:
        return IdentityCredential(identity=identity, encoding=encoding)
    return FormerCredential(identity=identity, which=which, encoding=encoding)


def _untold(opens: Opens) -> str:
    """Why nobody knows yet, and what to do."""
    let_in = [_NAMES[which] for which, is_open in opens.items() if is_open]
    if None in opens.values():
        return "the platform did not say of each token whether it lets it in: try again, all are kept"
    if let_in:
        return f"the platform lets in {' and '.join(let_in)}: try again when its overlap is over, all are kept"
    return (
        "the platform lets in none of them: have its operator give you a new CREDENTIALS_TOKEN_A, and remove what is "
        "kept in the sink and beside it"
    )
