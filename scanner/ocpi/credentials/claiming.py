"""Parties that are not ours, claimed beside our own: nobody becomes somebody by saying so.

The parties are that of another disposable identity, and one that exists nowhere: a platform that believes a claim may
take the party from whoever has it. Each renewal that was believed is put right at once.
"""

from collections.abc import Iterator, Mapping

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import Claim, PartiesClaimed, PartyClaimed
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Party
from scanner.model.subject import Side
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.doors import present
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.module_pages import OWNED
from scanner.ocpi.owned import owned_list
from scanner.ocpi.reply import NoReply, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Sessions and CDRs that could be read: (list, id) with the parties of each."""

    objects: Mapping[tuple[str, str], frozenset[Party]]
    evidence: tuple[EvidenceRef, ...]


async def claim(ground: Ground, at: Interface) -> None:
    """One PUT for each claim, in one version; our roles are restored after one that was accepted.

    Raises: Ended.
    """
    own, before = await _platform(ground, at), await _read(ground, at)
    claims: list[PartyClaimed] = []
    left_out: list[str] = []
    evidence: list[EvidenceRef] = [*before.evidence]
    for kind, claimed in _claims(ground):
        if claimed is None:
            left_out.append(_LEFT_OUT[kind])
            continue
        done = await ground.hand_in(
            "PUT", at, f"PUT credentials in {at.version} that claims {claimed.party}", claimed=claimed
        )
        await ground.must_live(f"a PUT that claims {claimed.party} and was {done.answer.said()}")
        after = await _read(ground, at)
        now = await _platform(ground, at)
        if done.accepted:
            await ground.hand_in("PUT", at, f"PUT credentials in {at.version} with our own party again")
        evidence += [done.evidence, *after.evidence]
        claims.append(
            PartyClaimed(
                claim=kind,
                party=str(claimed.party),
                answer=done.answer,
                readable=_newly(after, before, claimed.party, ground.own.party),
                examined=len(after.objects),
                roles_changed=own is not None and now is not None and own != now,
            )
        )
    fact = PartiesClaimed(claims=tuple(claims), left_out=tuple(left_out))
    ground.pending.seen(ground.at(at, "PUT"), fact, *evidence)


_LEFT_OUT = {
    Claim.ANOTHER_PARTNERS: "there is no second disposable identity with another party",
    Claim.ABSENT: "no party is listed in `absent_parties`",
}


def _claims(ground: Ground) -> Iterator[tuple[Claim, PartyInRole | None]]:
    target = ground.context.target
    ours = {ground.own.party}
    apart = (i for i in target.identities if i.partner is None or i.partner != ground.identity.partner)
    others = [i for i in apart if i.disposable and i.party not in ours]
    other = next((PartyInRole(party=i.party, role=i.role or ground.own.role) for i in others if i.party), None)
    absent = next(iter(sorted(target.absent_parties, key=str)), None)
    yield Claim.ANOTHER_PARTNERS, other
    yield Claim.ABSENT, PartyInRole(party=absent, role=ground.own.role) if absent else None


async def _platform(ground: Ground, at: Interface) -> JsonValue:
    """All that the platform's credentials object says but its token; None where it cannot be read."""
    reply = await ground.client.get(at.url, f"credentials of {at.version}", at.credential)
    if not isinstance(reply, Reply) or not isinstance(reply.data, Mapping):
        return None
    return {key: value for key, value in reply.data.items() if key != "token"}


async def _read(ground: Ground, at: Interface) -> _Seen:
    """The first pages of sessions and CDRs of one version."""
    objects: dict[tuple[str, str], frozenset[Party]] = {}
    evidence: list[EvidenceRef] = []
    for door in ground.doors:
        subject = door.subject
        if subject.version != at.version or subject.module not in OWNED or subject.side is Side.RECEIVER:
            continue
        reply = await ground.client.get(door.url, f"{door.name}, to compare", present(door, ground.identity.name))
        if isinstance(reply, NoReply) or not reply.gives_list:
            continue
        ref = ground.pending.book.keep(f"{door.name}, to compare", reply, body=False)
        objects |= {(door.name, one.id): one.parties for one in owned_list(reply, ref).objects}
        evidence.append(ref)
    return _Seen(objects=objects, evidence=tuple(evidence))


def _newly(after: _Seen, before: _Seen, claimed: Party, own: Party) -> int:
    """Objects of the claimed party, and not of ours, that could not be read before."""
    return sum(
        key not in before.objects and claimed in parties and own not in parties
        for key, parties in after.objects.items()
    )
