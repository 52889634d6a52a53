"""Who may take a role: named principals of the own account, people with a second factor, no keys that never end."""

from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Outcome, Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.leaves import is_set
from checks.resource_graph.policy_documents import Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, is_own, narrows, own_accounts, wanted
from checks.resource_graph.roles import ROLE, runs_code, trust_of
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_USER: Final = "aws:iam/user:User"
_KEY: Final = "aws:iam/accessKey:AccessKey"
_LOGIN: Final = "aws:iam/userLoginProfile:UserLoginProfile"
_MFA: Final = "aws:multifactorauthpresent"
_MFA_AGE: Final = "aws:multifactorauthage"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _trust_named(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    accounts = own_accounts(stack)
    return judge_each(case, stack.of(ROLE), "IAM role", lambda role: _takers(role, accounts))


def _takers(role: Resource, accounts: frozenset[str]) -> Judgement:
    trust = trust_of(role)
    said = worst(_taken(one, who, accounts) for one in trust.allowing() for who in (one.principals or (None,)))
    if trust.doubt and (said is None or said.outcome is not Outcome.FAIL):
        return undecided(f"who may take it: {trust.doubt}")
    return said or passes("nobody may take it", by_absence=True)


def _taken(one: Statement, who: Principal | None, accounts: frozenset[str]) -> Judgement:
    """One principal of one Allow statement of a trust policy."""
    if who is None or is_everybody(one):
        return fails("everybody may take it") if is_everybody(one) else undecided("a statement names no principal")
    if who.kind == "Federated":
        return _federated(one, who)
    account = account_of(who)
    if who.kind != "AWS" or account is None or is_own(account, accounts):
        return passes(f"{who.name} may take it")
    if not accounts:
        return undecided(f"account {account} may take it, and whose account that is, is not declared")
    if wanted(one.conditions, "sts:ExternalId") or any(map(narrows, one.conditions)):
        return passes(f"account {account} may take it under a condition that names who asks")
    return fails(f"another account, {account}, may take it, and no condition names who asks (sts:ExternalId)")


def _federated(one: Statement, who: Principal) -> Judgement:
    """Tokens of an OIDC issuer are handed to anybody who has an account there: the subject has to be named."""
    if "saml-provider" in who.name or "sts:assumerolewithsaml" in one.actions:
        return passes(f"{who.name} may take it")
    if who.name == "cognito-identity.amazonaws.com":
        return _identity_pool(one, who)
    subjects = [value for item in one.conditions if item.key.endswith(":sub") for value in wanted([item], item.key)]
    if not subjects:
        return fails(f"whoever has a token of {who.name} may take it: no condition names the subject (sub)")
    wide = [value for value in subjects if not value.strip("*?") or value.count("*") > value.count(":") > 0]
    if wide or any(value.startswith("repo:*") for value in subjects):
        return fails(f"the condition on the subject lets in more than one owner's tokens: {subjects[0]}")
    return passes(f"tokens of {who.name} for {subjects[0]} may take it")


def _identity_pool(one: Statement, who: Principal) -> Judgement:
    """Every account's pools have this one issuer; it names the pool as audience, and says who has signed in."""
    if not wanted(one.conditions, f"{who.name}:aud"):
        return fails("users of any identity pool may take it: no condition names the pool (aud)")
    if "authenticated" not in wanted(one.conditions, f"{who.name}:amr"):
        return fails("who has not signed in may take it: no condition asks for authenticated (amr)")
    return passes("users of one identity pool who have signed in may take it")


def _people_with_mfa(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    taken = (role for role in stack.of(ROLE) if any(_by_people(trust_of(role).allowing())))
    return judge_each(case, taken, "role that people take", _second_factor)


def _by_people(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements whose principal is an account (all its users), or a user: not a role, a service or a federation."""
    return (one for one in statements if any(map(_may_be_a_person, one.principals)))


def _may_be_a_person(who: Principal) -> bool:
    return who.kind == "AWS" and ":role/" not in who.name and ":assumed-role/" not in who.name


def _second_factor(role: Resource) -> Judgement:
    for one in _by_people(trust_of(role).allowing()):
        asks = "true" in [value.lower() for value in wanted(one.conditions, _MFA)]
        recent = any(item.key == _MFA_AGE and item.operator.startswith("NumericLess") for item in one.conditions)
        external = bool(wanted(one.conditions, "sts:ExternalId"))  # a machine of somebody else, without second factor
        if not (asks or recent or external):
            return fails("people take it without a second factor: no condition aws:MultiFactorAuthPresent = true")
    return passes("taken with a second factor only")


def _no_user_keys(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        if one.token == _KEY or stack.referring(one, "user", _KEY):
            return fails("has an access key, which never ends and works from anywhere")
        if stack.referring(one, "user", _LOGIN):
            return fails("signs in with a password of its own, past the central directory")
        return passes("has neither access key nor password", by_absence=True)

    held = {key.urn for user in stack.of(_USER) for key in stack.referring(user, "user", _KEY)}
    loose = (key for key in stack.of(_KEY) if key.urn not in held)
    return judge_each(case, (*stack.of(_USER), *loose), "IAM user", judge)


def _bounded(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    taken = (role for role in stack.of(ROLE) if runs_code(role) or any(_by_people(trust_of(role).allowing())))
    return judge_each(case, taken, "role of a workload or of people", _boundary)


def _boundary(role: Resource) -> Judgement:
    value = role.get("permissionsBoundary")
    if value is UNKNOWN and not role.depends_on_by_property.get("permissionsBoundary"):
        return unknown("its permissions boundary")
    return passes("stands under a permissions boundary") if is_set(value) else fails("has no permissions boundary")


TRUST: Final = Check(
    id="cloud-iam-trust-named",
    title="Every role names who may take it, and nobody of another account may without a condition",
    controls=("OCPI-OPS-04", "OCPI-AUT-04"),
    severity=Severity.HIGH,
    source="IAM User Guide, roles: the confused deputy problem, OIDC federation",
    looks_at=_NEEDS,
    judge=_trust_named,
    remediation="Name the principal; ask another account for an external id, and an OIDC issuer for the exact subject.",
    witness=Witness.CLOUD_DECLARED,
)
PEOPLE: Final = Check(
    id="cloud-iam-people-with-mfa",
    title="A role that people take asks them for a second factor",
    controls=("OCPI-OPS-04",),
    severity=Severity.HIGH,
    source="IAM User Guide, secure API access with MFA",
    looks_at=_NEEDS,
    judge=_people_with_mfa,
    remediation="Add the condition Bool aws:MultiFactorAuthPresent = true to the trust policy (not BoolIfExists).",
    witness=Witness.CLOUD_DECLARED,
)
USER_KEYS: Final = Check(
    id="cloud-iam-no-user-keys",
    title="No IAM user has keys or a password of its own",
    controls=("OCPI-OPS-04",),
    severity=Severity.HIGH,
    source="IAM User Guide, security best practices: require human users to use temporary credentials",
    looks_at=_NEEDS,
    judge=_no_user_keys,
    remediation="Let people sign in through IAM Identity Center and workloads take roles; delete the key.",
    witness=Witness.CLOUD_DECLARED,
)
BOUNDARY: Final = Check(
    id="cloud-iam-under-a-boundary",
    title="Roles of workloads and people stand under a permissions boundary",
    controls=("OCPI-OPS-04",),
    severity=Severity.LOW,
    source="IAM User Guide, permissions boundaries for IAM entities",
    looks_at=_NEEDS,
    judge=_bounded,
    remediation="Declare one aws.iam.Policy with the most that a role may ever do, and set it as permissions_boundary.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (TRUST, PEOPLE, USER_KEYS, BOUNDARY)
