"""Chains of roles in stacks of any size: each that takes any role is followed once."""

import json
import time

from checks.resource_graph.role_chains import takers
from checks.resource_graph.role_takers import Taker, role_use
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from tests.scanner.cloud.declared import declare

ACCOUNT = "arn:aws:iam::123456789012"
ROOT = {"AWS": f"{ACCOUNT}:root"}


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def role(name: str, by: dict[str, str], **condition: object) -> Resource:
    trust = document(Principal=by, Action="sts:AssumeRole", Condition=condition)
    outputs = {"arn": f"{ACCOUNT}:role/{name}"}
    return declare("aws:iam/role:Role", name, {"name": name, "assumeRolePolicy": trust}, outputs=outputs)


def policy(of: Resource, resource: str) -> Resource:
    may = document(Action="sts:*", Resource=resource)
    return declare("aws:iam/rolePolicy:RolePolicy", f"{of.name}-may", {"policy": may}, refers={"role": (of,)})


def behind(one: Resource, *resources: Resource) -> set[Taker]:
    stack = DeclaredResources(stack="small/test", source="preview", resources=(one, *resources))
    return {kind for kind, _ in takers(role_use(stack), one)}


def test_a_chain_is_followed_to_its_beginning():
    end, middle = role("end", ROOT), role("middle", ROOT)
    start = role("start", {"AWS": "arn:aws:iam::210987654321:root"})
    resources = (middle, start, policy(middle, f"{ACCOUNT}:role/end"), policy(start, f"{ACCOUNT}:role/mid*"))
    assert Taker.FOREIGN in behind(end, *resources)
    assert Taker.FOREIGN not in behind(end, *resources[:-1])


def test_roles_that_take_each_other_end():
    one, other = role("one", ROOT), role("other", ROOT)
    assert behind(one, other, policy(one, "*"), policy(other, "*")) == {Taker.PEOPLE}


def test_a_trust_that_names_one_by_a_condition_is_left_to_that_one():
    end = role("end", ROOT, ArnEquals={"aws:PrincipalArn": f"{ACCOUNT}:role/mine"})
    stranger = role("stranger", {"Federated": "accounts.example.com"})
    mine = role("mine", {"Federated": "accounts.example.com"})
    assert Taker.OUTSIDER not in behind(end, stranger, policy(stranger, "*"))
    assert Taker.OUTSIDER in behind(end, mine, policy(mine, "*"))


def test_hundreds_of_roles_that_take_any_are_followed_in_seconds():
    roles = [role(f"r{number}", ROOT) for number in range(300)]
    resources = [*roles[1:], *(policy(one, "*") for one in roles)]
    started = time.process_time()
    assert behind(roles[0], *resources) == {Taker.PEOPLE}
    assert time.process_time() - started < 5
