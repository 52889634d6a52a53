"""IAM roles of a stack: who takes them, what they may do."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.leaves import items
from checks.resource_graph.policy_documents import PolicyDocument, Principal, Statement, read_document
from checks.resource_graph.policy_reach import covers_action, touches_action
from checks.resource_graph.stack import Stack
from checks.resource_graph.user_groups import groups_not_declared, groups_of
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource

ROLE: Final = "aws:iam/role:Role"
USER: Final = "aws:iam/user:User"
_ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ATTACHMENTS: Final = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
_SHARED_ATTACHMENT: Final = "aws:iam/policyAttachment:PolicyAttachment"
_POLICY: Final = "aws:iam/policy:Policy"
_USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"
_USER_ATTACHMENT: Final = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
_GROUP_POLICY: Final = "aws:iam/groupPolicy:GroupPolicy"
_GROUP_ATTACHMENT: Final = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
MANAGED: Final = "arn:aws:iam::aws:policy/"
# Services that run code under a role: what the code may do is what the role may do.
_RUNS_CODE: Final = frozenset(
    f"{name}.amazonaws.com"
    for name in ("lambda", "edgelambda", "ecs-tasks", "ec2", "batch", "codebuild", "glue", "states", "pods.eks")
) | {"tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the policies of a role say. `managed`: names of AWS's own policies, whose text no stack declares.

    `doubts`: why there may be more. `boundary`: the permissions boundary's document; None where there is none.
    """

    statements: tuple[Statement, ...]
    managed: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    boundary: PolicyDocument | None = None

    def granting(self, action: str) -> tuple[Statement, ...]:
        """Allow statements that give the action, where neither a Deny on everything nor the boundary takes it away."""
        given = tuple(one for one in self.statements if one.allows and covers_action(one, action))
        denied = any(_denies(one, action) for one in self.statements)
        bounded = self.boundary is None or self.boundary.doubt or _bounds(self.boundary, action)
        return given if bounded and not denied else ()


def _denies(one: Statement, action: str) -> bool:
    return not one.allows and not one.conditions and "*" in one.resources and covers_action(one, action)


def _bounds(boundary: PolicyDocument, action: str) -> bool:
    """True where the boundary lets the action through, or one of those that a wildcard stands for."""
    denied = any(_denies(one, action) for one in boundary.statements)
    return not denied and any(touches_action(one, action) for one in boundary.allowing())


def trust_of(role: Resource) -> PolicyDocument:
    """Who may take the role."""
    return read_document(role.get("assumeRolePolicy"))


def runs_code(role: Resource) -> bool:
    """True for the role of a workload: a service, or a pod of EKS, takes it to run code of the stack's owner."""
    statements = trust_of(role).allowing()
    return any(is_workload(who) for one in statements for who in one.principals)


def is_workload(who: Principal) -> bool:
    """Pods take roles with tokens of their cluster's OIDC issuer (Amazon EKS User Guide, IAM roles for accounts)."""
    return who.name in _RUNS_CODE if who.kind == "Service" else "oidc-provider/oidc.eks." in who.name


def rights_of(stack: Stack, role: Resource) -> Rights:
    """Everything that is declared to be attached to the role; to the user, and to the groups that it is in."""
    holders = (role, *groups_of(stack, role))
    documents = tuple(document for one in holders for document in _documents(stack, one))
    arns = tuple(arn for one in holders for arn in _attached(stack, one))
    managed = tuple(sorted({arn.removeprefix(MANAGED) for arn in arns if isinstance(arn, str) and _is_managed(arn)}))
    foreign = tuple(arn for arn in arns if isinstance(arn, str) and not _is_managed(arn))
    doubts = [document.doubt for document in documents if document.doubt]
    doubts += [f"{arn} is attached and not declared in this stack" for arn in foreign]
    doubts += ["an attached policy is unknown until deploy" for arn in arns if arn is UNKNOWN]
    doubts += groups_not_declared(stack, role)
    return Rights(
        statements=tuple(one for document in documents for one in document.statements),
        managed=managed,
        doubts=tuple(doubts),
        boundary=boundary_of(stack, role),
    )


def boundary_of(stack: Stack, role: Resource) -> PolicyDocument | None:
    """The document of the role's permissions boundary: None without one, in doubt where the stack does not show it."""
    value = role.get("permissionsBoundary")
    if value is ABSENT or not value:
        return None
    declared = stack.referred(role, "permissionsBoundary", _POLICY)
    if declared:
        return read_document(declared[0].get("policy"))
    return PolicyDocument(doubt="its permissions boundary is not declared in this stack")


def _documents(stack: Stack, role: Resource) -> Iterator[PolicyDocument]:
    for by, token in (("role", _ROLE_POLICY), ("user", _USER_POLICY), ("group", _GROUP_POLICY)):
        yield from (read_document(one.get("policy")) for one in stack.referring(role, by, token))
    for inline in items(role.get("inlinePolicies")):
        yield read_document(inline.get("policy", ABSENT) if isinstance(inline, Mapping) else inline)
    for attachment, name in _attachments(stack, role):
        for policy in stack.referred(attachment, name, _POLICY):
            yield read_document(policy.get("policy"))


def _attachments(stack: Stack, role: Resource) -> Iterator[tuple[Resource, str]]:
    """What attaches policies to the role, and the property that names them."""
    yield role, "managedPolicyArns"
    yield from ((one, "policyArn") for one in stack.referring(role, "role", _ATTACHMENT))
    yield from ((one, "policyArns") for one in stack.referring(role, "roleName", _ATTACHMENTS))
    yield from ((one, "policyArn") for one in stack.referring(role, "user", _USER_ATTACHMENT))
    yield from ((one, "policyArn") for one in stack.referring(role, "group", _GROUP_ATTACHMENT))
    for by in ("roles", "users", "groups"):
        yield from ((one, "policyArn") for one in stack.referring(role, by, _SHARED_ATTACHMENT))


def _attached(stack: Stack, role: Resource) -> Iterator[CloudValue]:
    """ARNs of attached policies that this stack does not declare, or that are not known."""
    for attachment, name in _attachments(stack, role):
        if not stack.referred(attachment, name, _POLICY):
            yield from items(attachment.get(name))


def _is_managed(arn: str) -> bool:
    return arn.startswith(MANAGED)
