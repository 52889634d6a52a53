"""What a principal may do in the end: its own policies, boundary, resource policies and guardrails together.

IAM User Guide, policy evaluation logic within a single account, and cross-account; AWS KMS Developer Guide, key
policies: without a statement of the key's policy no policy of IAM counts. In doubt an Allow counts as given and a
Deny as not there, and the answer is MAYBE where what decides is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.resource_graph.arn_patterns import may_meet, surely_covers
from checks.resource_graph.guardrails import Guardrails
from checks.resource_graph.managed_policies import statements_of
from checks.resource_graph.named_principals import Named, denies, may_name_account, named, names_account
from checks.resource_graph.policy_conditions import Answer, Asker, lets_through, surely_met
from checks.resource_graph.policy_documents import Condition, PolicyDocument, Statement
from checks.resource_graph.policy_reach import covers_action, touches_action
from checks.resource_graph.roles import Rights
from scanner.model.late_dataclass import dataclass

_NO_GUARDRAILS: Final = Guardrails()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who asks. `rights`: what its own policies say; None where they are not declared."""

    asker: Asker
    name: str
    rights: Rights | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Something that is asked for: any of `actions` on any of the ARNs `parts`.

    `policies` are those on the thing itself, `grants` what holds beside them. `by_policy_only`: a key, or a role that
    is taken, on which nothing holds that its policy does not let IAM decide. `guardrails`: denies of the organisation
    that hold in its account. `tags`: by their keys in lower case, where conditions on them count. `directly`: what is
    allowed only to who comes through another service is no way in. `loosely`: the parts are patterns of which one thing
    is meant, so that only what covers a whole pattern is about it for sure.
    """

    actions: tuple[str, ...]
    parts: tuple[str, ...]
    account: str | None
    policies: tuple[PolicyDocument, ...]
    grants: tuple[PolicyDocument, ...] = ()
    by_policy_only: bool = False
    guardrails: Guardrails = _NO_GUARDRAILS
    tags: Mapping[str, str] | None = None
    directly: bool = False
    loosely: bool = False


def may(holder: Holder, thing: Guarded) -> Answer:
    """The best that the holder can do of all actions on all parts."""
    return max((_may_one(holder, thing, action) for action in thing.actions), default=Answer.NO)


def _may_one(holder: Holder, thing: Guarded, action: str) -> Answer:
    other = _is_elsewhere(holder, thing)
    if _denied(holder, thing, action, other=other):
        return Answer.NO
    own = _by_identity(holder.rights, holder.asker, thing, action) if holder.rights else _unseen(other=other)
    fence = _boundary(holder, thing, action)
    by_name, itself = _by_policies(holder.asker, thing, action), _by_policies(holder.asker, thing, action, beyond=True)
    delegated = _delegated(holder.asker, thing, action)
    if other:
        return min(own, fence, max(by_name, delegated))
    if thing.by_policy_only:
        return max(itself, min(fence, max(by_name, min(own, delegated))))
    return max(itself, min(fence, max(own, by_name)))


def _is_elsewhere(holder: Holder, thing: Guarded) -> bool:
    """True for somebody of another account; one that is not declared may be, where the thing's is not known."""
    asks = holder.asker.account
    if asks is None or thing.account is None:
        return asks is not None and holder.rights is None
    return asks != thing.account


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


def _by_policies(asker: Asker, thing: Guarded, action: str, *, beyond: bool = False) -> Answer:
    """What the thing's policies give the asker by name; `beyond`: only what no boundary of the asker holds back."""
    wanted = {Named.BEYOND_BOUNDARY} if beyond else {Named.BEYOND_BOUNDARY, Named.YES}
    found = (
        _allowed((one,), asker, thing, action, of_thing=True)
        for document in (*thing.policies, *thing.grants)
        for one in document.allowing()
        if named(one, asker) in wanted
    )
    in_doubt = not beyond and any(document.doubt for document in (*thing.policies, *thing.grants))
    return max(found, default=Answer.NO) if not in_doubt else max((Answer.MAYBE, *found))


def _delegated(asker: Asker, thing: Guarded, action: str) -> Answer:
    """What the thing's policies leave to the asker's account to decide."""
    if thing.by_policy_only and not thing.policies:
        return Answer.YES
    statements = [one for document in thing.policies for one in document.allowing() if names_account(one, asker)]
    sure = _allowed(statements, asker, thing, action, of_thing=True)
    others = [one for document in thing.policies for one in document.allowing() if may_name_account(one, asker)]
    unsure = min(Answer.MAYBE, _allowed(others, asker, thing, action, of_thing=True))
    return max(sure, unsure, Answer.MAYBE if any(document.doubt for document in thing.policies) else Answer.NO)


def _allowed(
    statements: Iterable[Statement], asker: Asker, thing: Guarded, action: str, *, of_thing: bool = False
) -> Answer:
    """`of_thing`: statements of a resource policy, whose Resource is the thing itself or nothing at all."""
    found = (
        Answer.NO if thing.directly and any(map(_through_service, one.conditions)) else _let(one, asker, thing)
        for one in statements
        if one.allows and touches_action(one, action) and (_about(one, thing) or (of_thing and not one.resources))
    )
    return max(found, default=Answer.NO)


def _let(one: Statement, asker: Asker, thing: Guarded) -> Answer:
    answer = lets_through(one.conditions, asker, thing.tags)
    covers = any(surely_covers(pattern, part) for pattern in one.resources for part in thing.parts)
    return answer if covers or not thing.loosely else min(answer, Answer.MAYBE)


def _through_service(one: Condition) -> bool:
    return one.key == "kms:viaservice" and "not" not in one.operator.lower()


def _about(one: Statement, thing: Guarded) -> bool:
    if one.not_resources:
        return any(not any(surely_covers(pattern, part) for pattern in one.not_resources) for part in thing.parts)
    return any(may_meet(pattern, part) for pattern in one.resources for part in thing.parts)


def _denied(holder: Holder, thing: Guarded, action: str, *, other: bool) -> bool:
    """An explicit Deny for the whole thing, of whichever policy, beats every Allow."""
    own: Sequence[Statement] = (
        thing.guardrails.on_things if other else (*thing.guardrails.on_things, *thing.guardrails.on_principals)
    )
    if holder.rights:
        own = (*own, *holder.rights.statements, *(holder.rights.boundary.statements if holder.rights.boundary else ()))
    on_thing = [one for document in thing.policies for one in document.statements if denies(one, holder.asker)]
    return any(
        not one.allows
        and covers_action(one, action)
        and _about_all(one, thing)
        and surely_met(one.conditions, holder.asker, thing.tags)
        for one in (*own, *on_thing)
    )


def _about_all(one: Statement, thing: Guarded) -> bool:
    if one.not_resources:
        return not any(may_meet(pattern, part) for pattern in one.not_resources for part in thing.parts)
    return all(any(surely_covers(pattern, part) for pattern in one.resources) for part in thing.parts)
