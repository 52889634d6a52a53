"""Who may use a store by the policy on it: named principals of the own account, and services for that account only."""

from collections.abc import Callable, Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Outcome, Verdict
from checks.resource_graph.access_grants import Grantee, grantees
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, worst
from checks.resource_graph.policy_documents import Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, is_own, narrows, narrows_service, own_accounts
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import BUCKETS, KEY, QUEUE, SECRET, STREAM, TABLE, TOPIC, VAULT, policies_on
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_SPEAKS_TLS: Final = (*BUCKETS, QUEUE, TOPIC)  # whose endpoints answer plain HTTP as well
# Delivers logs of load balancers; AWS documents its statement without a condition.
_OF_CLOUDFRONT: Final = "arn:aws:iam::cloudfront:user/"
_UNCONDITIONAL: Final = frozenset({"logdelivery.elasticloadbalancing.amazonaws.com"})


def _closed(unit: str, *tokens: str) -> Judge[DeclaredResources]:
    def judge(case: Case[DeclaredResources]) -> Iterable[Verdict]:
        stack = Stack(declared=case.driver.fact)
        accounts = own_accounts(stack)
        return judge_each(case, stack.of(*tokens), unit, lambda store: _let_in(stack, store, accounts))

    return judge


def _let_in(stack: Stack, store: Resource, accounts: frozenset[str]) -> Judgement:
    documents = policies_on(stack, store)
    statements = [one for document in documents for one in document.allowing()]
    listed = map(_listed, grantees(stack, store)) if store.token in BUCKETS else ()
    said = worst((*(_user(one, who, accounts) for one in statements for who in (one.principals or (None,))), *listed))
    doubt = next((document.doubt for document in documents if document.doubt), "")
    if said is not None and said.outcome is not Outcome.PASS:
        return said
    if doubt:
        return undecided(f"who may use it: {doubt}")
    return passes(
        f"{len(statements)} statements of its policy let in the own account only"
        if statements
        else "no policy opens it",
        by_absence=True,
    )


def _user(one: Statement, who: Principal | None, accounts: frozenset[str]) -> Judgement:
    if is_everybody(one):
        return fails(f"statement {one.sid or 'without a name'} of its policy lets in everybody")
    if who is None:
        return undecided("a statement of its policy names no principal")
    if who.kind == "Service":
        return _service(one, who)
    account = account_of(who)
    if is_own(account, accounts) or any(map(narrows, one.conditions)):
        return passes(f"{who.name} may use it")
    if account is None:
        return _without_account(who)
    if not accounts:
        return undecided(f"account {account} may use it, and whose account that is, is not declared")
    return fails(
        f"statement {one.sid or 'without a name'} of its policy lets in account {account}, which is another one"
    )


def _without_account(who: Principal) -> Judgement:
    """CloudFront's own identities belong to a distribution; ids of users, and people of no account, to anybody's."""
    if who.name.startswith(_OF_CLOUDFRONT) or who.kind == "Federated":
        return passes(f"{who.name} may use it")
    return undecided(f"{who.kind} {who.name} may use it, and of which account that is, its id does not say")


def _listed(who: Grantee | None) -> Judgement:
    """One that an access list names."""
    if who is None:
        return undecided("whom its access list lets in is unknown until deploy")
    if who.is_everybody:
        return fails(f"its access list lets in everybody (group {who.name})")
    if who.kind == "Group":
        return passes(f"its access list lets in AWS's group {who.name}")
    return undecided(f"its access list lets in {who.name}, and of which account that is, is not declared")


def _service(one: Statement, who: Principal) -> Judgement:
    """AWS services act for everybody's accounts: a condition says for whose."""
    if any(map(narrows_service, one.conditions)) or who.name in _UNCONDITIONAL:
        return passes(f"{who.name} may use it under a condition")
    return fails(f"{who.name} may use it on behalf of any account: no condition names the account or resource")


def _tls_only(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*_SPEAKS_TLS), "bucket, queue or topic", lambda store: _refuses_http(stack, store))


def _refuses_http(stack: Stack, store: Resource) -> Judgement:
    documents = policies_on(stack, store)
    denying = [one for document in documents for one in document.statements if _denies_http(one)]
    if any(store.token not in BUCKETS or _about_objects(one) for one in denying):
        return passes("refuses requests without TLS")
    if any(one.resources for one in denying):
        return fails(f"refuses plain HTTP for {denying[0].resources[0]} only, and not for its objects")
    doubt = next((document.doubt for document in documents if document.doubt), "")
    return (
        undecided(f"whether it refuses plain HTTP: {doubt}")
        if doubt
        else fails("answers plain HTTP: no statement denies aws:SecureTransport = false", by_absence=True)
    )


def _about_objects(one: Statement) -> bool:
    """The ARN of a bucket does not name what is in it."""
    return any(resource.endswith("*") for resource in one.resources) or bool(one.not_resources)


def _denies_http(one: Statement) -> bool:
    """Deny to everybody, for the whole store and every action, whatever does not come over TLS."""
    to_all = any(who.name == "*" for who in one.principals)
    every = any(not action.partition(":")[2].strip("*") for action in one.actions)
    plain = any(
        item.key == "aws:securetransport"
        and item.operator.lower() in ("bool", "boolifexists")
        and "false" in item.values
        for item in one.conditions
    )
    return not one.allows and to_all and every and plain and len(one.conditions) == 1


def _check(
    name: str, title: str, control: str, judge: Callable[[Case[DeclaredResources]], Iterable[Verdict]]
) -> Check[DeclaredResources]:
    return Check(
        id=name,
        title=title,
        controls=(control,),
        severity=Severity.CRITICAL,
        source="IAM User Guide, AWS JSON policy elements: Principal; the confused deputy problem",
        looks_at=_NEEDS,
        judge=judge,
        remediation="Name the roles that use it; give a service the condition aws:SourceAccount or aws:SourceArn.",
        witness=Witness.CLOUD_DECLARED,
    )


SECRETS: Final = _check(
    "cloud-secrets-policy-closed",
    "No policy on a secret lets in everybody, or another account",
    "OCPI-VUL-07",
    _closed("secret", SECRET),
)
KEYS: Final = _check(
    "cloud-keys-policy-closed",
    "No policy of a key lets in everybody, or another account",
    "OCPI-PRV-02",
    _closed("key", KEY),
)
DATA: Final = _check(
    "cloud-data-policy-closed",
    "No policy on a table, bucket, queue, topic, stream or vault lets in everybody, or another account",
    "OCPI-PRV-04",
    _closed("store", TABLE, *BUCKETS, QUEUE, TOPIC, STREAM, VAULT),
)
TLS_ONLY: Final = Check(
    id="cloud-data-tls-only",
    title="Buckets, queues and topics refuse requests without TLS",
    controls=("OCPI-PRV-04",),
    severity=Severity.MEDIUM,
    source="Amazon S3, SQS and SNS developer guides, security best practices: enforce encryption of data in transit",
    looks_at=_NEEDS,
    judge=_tls_only,
    remediation="Deny every action to everybody where aws:SecureTransport is false.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SECRETS, KEYS, DATA, TLS_ONLY)
