"""The budgets of all hosts of a run."""

import time
from collections.abc import Mapping

from scanner.gate.budget import HostBudget, Spent
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import ProcessIntent
from scanner.model.target import EnvironmentTarget, Limits


class HostBudgets:
    """One budget a host, made when it is first asked for; goes on from what an interrupted run had spent."""

    def __init__(
        self, targets: Mapping[str, EnvironmentTarget], already_spent: Mapping[str, Spent] | None = None
    ) -> None:
        self._targets = targets
        self._already_spent = dict(already_spent or {})
        self._budgets: dict[str, HostBudget] = {}

    def of(self, host: str, environment: str) -> HostBudget:
        """The budget of a host; its limits are those of the environment that asked first."""
        if host not in self._budgets:
            target = self._targets.get(environment)
            budget = HostBudget(target.limits if target else Limits(), time.monotonic)
            budget.spent = self._already_spent.get(host, Spent())
            self._budgets[host] = budget
        return self._budgets[host]

    def shared(self, host: str, environment: str) -> bool:
        """True where another environment has an endpoint on the host: what it asks is taken from the same budget."""
        others = (target for name, target in self._targets.items() if name != environment)
        return any(endpoint.origin.host == host for target in others for endpoint in target.endpoints)

    def reserve(self, intent: ProcessIntent) -> Refused | None:
        """Take the share of a subprocess from every host that it will connect to, or from none."""
        needed = intent.reserved()
        budgets = {host: self.of(host, own.environment) for own in intent.by_environment() for host in own.reserves}
        shares = [(host, budget, needed[host]) for host, budget in budgets.items()]
        for host, budget, connections in shares:
            if lacking := budget.lacks(connections):
                return Refused(kind=RefusalKind.BUDGET, detail=f"{host}: {lacking}")
        for _, budget, connections in shares:
            budget.reserve(connections)
        return None

    @property
    def requests_sent(self) -> int:
        """Requests and connections so far, the resumed run included; what subprocesses were granted is apart."""
        untouched = (spent for host, spent in self._already_spent.items() if host not in self._budgets)
        return sum(budget.spent.requests for budget in self._budgets.values()) + sum(
            spent.requests for spent in untouched
        )
