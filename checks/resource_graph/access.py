"""What a principal may do in the end: its own policies, boundary, resource policies and guardrails together.

IAM User Guide, policy evaluation logic within a single account, and cross-account; AWS KMS Developer Guide, key
policies: without a statement of the key's policy no policy of IAM counts. In doubt an Allow counts as given and a
Deny as not there, and the answer is MAYBE where what decides is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from checks.resource_graph.managed_policies import statements_of
from checks.resource_graph.policy_conditions import Answer, Asker, lets_through, surely_met
from checks.resource_graph.policy_documents import EVERYBODY, PolicyDocument, Principal, Statement
from checks.resource_graph.policy_reach import covers_action, covers_resource, matches, overlap, touches_action
from checks.resource_graph.roles import Rights

_FIELDS: Final = 6  # arn:partition:service:region:account:resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who asks. `rights`: what its own policies say; None where they are not declared."""

    asker: Asker
    name: str
    rights: Rights | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Something that is asked for: any of `actions` on any of the ARNs `parts`.

    `policies` are those on the thing itself. `by_policy_only`: a key, on which nothing holds that its policy does not
    let IAM decide. `guardrails`: denies of the organisation that hold in its account.
    """

    actions: tuple[str, ...]
    parts: tuple[str, ...]
    account: str | None
    policies: tuple[PolicyDocument, ...]
    by_policy_only: bool = False
    guardrails: tuple[Statement, ...] = ()


def may(holder: Holder, thing: Guarded) -> Answer:
    """The best that the holder can do of all actions on all parts."""
    return max((_may_one(holder, thing, action) for action in thing.actions), default=Answer.NO)


def _may_one(holder: Holder, thing: Guarded, action: str) -> Answer:
    if _denied(holder, thing, action):
        return Answer.NO
    other = None not in (holder.asker.account, thing.account) and holder.asker.account != thing.account
    own = _by_identity(holder.rights, holder.asker, thing, action) if holder.rights else _unseen(other=other)
    named, delegated = _by_policies(holder.asker, thing, action)
    fence = _boundary(holder, thing, action)
    if other:
        return min(own, fence, max(named, delegated))
    if thing.by_policy_only:
        return min(fence, max(named, min(own, delegated)))
    return min(fence, max(own, named))


def _unseen(*, other: bool) -> Answer:
    """Another account lets its own as it likes; one's own role that is not declared has what the thing says by name."""
    return Answer.YES if other else Answer.NO


def _by_identity(rights: Rights, asker: Asker, thing: Guarded, action: str) -> Answer:
    managed = [statements_of(name) for name in rights.managed]
    statements = [*rights.statements, *(one for known in managed if known for one in known)]
    sure = _allowed(statements, asker, thing, action)
    in_doubt = bool(rights.doubts) or None in managed
    return max(sure, Answer.MAYBE) if in_doubt else sure


def _boundary(holder: Holder, thing: Guarded, action: str) -> Answer:
    """A boundary that is there and not known may hold everything back."""
    boundary = holder.rights.boundary if holder.rights else None
    if boundary is None:
        return Answer.YES
    sure = _allowed(boundary.statements, holder.asker, thing, action)
    return max(sure, Answer.MAYBE) if boundary.doubt else sure


def _by_policies(asker: Asker, thing: Guarded, action: str) -> tuple[Answer, Answer]:
    """What the thing's policies give the asker by name, and what they leave to the asker's account to decide."""
    named = delegated = Answer.NO
    for document in thing.policies:
        for one in document.allowing():
            said = _allowed((one,), asker, thing, action, of_thing=True)
            named = max(named, min(said, _names(one, asker)))
            delegated = max(delegated, said if _names_account(one, asker) else Answer.NO)
        if document.doubt:
            named, delegated = max(named, Answer.MAYBE), max(delegated, Answer.MAYBE)
    return named, Answer.YES if thing.by_policy_only and not thing.policies else delegated


def _allowed(
    statements: Iterable[Statement], asker: Asker, thing: Guarded, action: str, *, of_thing: bool = False
) -> Answer:
    """`of_thing`: statements of a resource policy, whose Resource is the thing itself or nothing at all."""
    found = (
        lets_through(one.conditions, asker)
        for one in statements
        if one.allows and touches_action(one, action) and (_about(one, thing) or (of_thing and not one.resources))
    )
    return max(found, default=Answer.NO)


def _about(one: Statement, thing: Guarded) -> bool:
    if one.not_resources:
        return any(covers_resource(one, part) for part in thing.parts)
    return any(_meet(pattern, part) for pattern in one.resources for part in thing.parts)


def _meet(pattern: str, part: str) -> bool:
    """ARNs field by field: a wildcard stays within what stands between two colons (IAM User Guide, Resource)."""
    fields, others = pattern.split(":", _FIELDS - 1), part.split(":", _FIELDS - 1)
    if len(fields) == len(others) == _FIELDS:
        return all(map(overlap, fields, others))
    return overlap(pattern, part)


def _denied(holder: Holder, thing: Guarded, action: str) -> bool:
    """An explicit Deny for the whole thing, of whichever policy, beats every Allow."""
    own: Sequence[Statement] = ()
    if holder.rights:
        own = (*holder.rights.statements, *(holder.rights.boundary.statements if holder.rights.boundary else ()))
    on_thing = [one for document in thing.policies for one in document.statements if _denies_asker(one, holder.asker)]
    return any(
        not one.allows
        and covers_action(one, action)
        and all(covers_resource(one, part) for part in thing.parts)
        and surely_met(one.conditions, holder.asker)
        for one in (*own, *on_thing, *thing.guardrails)
    )


def _denies_asker(one: Statement, asker: Asker) -> bool:
    if one.not_principals:
        return not any(_is(who, asker) or _is_account(who, asker) for who in one.not_principals)
    return any(who.name == EVERYBODY or _is(who, asker) or _is_account(who, asker) for who in one.principals)


def _names(one: Statement, asker: Asker) -> Answer:
    if one.not_principals:
        return Answer.NO if any(_is(who, asker) for who in one.not_principals) else Answer.YES
    named = any(_is(who, asker) or (who.name == EVERYBODY and who.kind in {"AWS", "*"}) for who in one.principals)
    return Answer.YES if named else Answer.NO


def _names_account(one: Statement, asker: Asker) -> bool:
    return any(who.name == EVERYBODY or _is_account(who, asker) for who in one.principals)


def _is(who: Principal, asker: Asker) -> bool:
    """By its ARN, or a session of it; paths of roles are left out of the names of their sessions."""
    if who.kind != "AWS":
        return False
    if who.name == asker.arn:
        return True
    session = f"arn:aws:sts::{asker.account}:assumed-role/{asker.arn.rpartition('/')[2]}/*"
    return matches(session, who.name)


def _is_account(who: Principal, asker: Asker) -> bool:
    return asker.account is not None and who.name in (asker.account, f"arn:aws:iam::{asker.account}:root")
