"""How a question is put to each web ACL of a stack."""

from collections.abc import Callable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Need
from checks.model.verdict import Verdict
from checks.resource_graph.firewall import WEB_ACL, RuleSet, rules_of
from checks.resource_graph.judgement import Judgement, undecided
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.witness import Witness

NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
Ask = Callable[[Stack, Resource, RuleSet], Judgement]


def judge_firewalls(case: Case[DeclaredResources], ask: Ask) -> Iterator[Verdict]:
    """One verdict a web ACL. What rests on a rule that is not there is undecided where rules may be hidden."""
    stack = Stack(declared=case.driver.fact)

    def judge(acl: Resource) -> Judgement:
        rules = rules_of(stack, acl)
        said = ask(stack, acl, rules)
        return undecided(f"{said.message}; but {rules.hidden}") if said.by_absence and rules.hidden else said

    return judge_each(case, stack.of(WEB_ACL), "web ACL", judge)
