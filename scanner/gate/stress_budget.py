"""What one host may be put under by all bursts of a run, apart from its budget of ordinary requests."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from scanner.gate.budget import BudgetUsed, HostBudget, Spent
from scanner.model.burst import StressLimits
from scanner.model.target import EnvironmentTarget, Limits


class StressBudget:
    """What one host may be put under by all bursts of a run together."""

    def __init__(self, limits: StressLimits, spent: Spent) -> None:
        self._limits = limits
        rate = limits.requests_per_second
        self.host = HostBudget(
            Limits(
                requests_per_second=rate,
                burst=math.ceil(rate),
                max_requests=limits.max_requests,
                max_seconds=limits.max_seconds,
                max_bytes=limits.max_bytes,
                max_connections=limits.max_connections,
                max_refusals=limits.max_requests,
            ),
            time.monotonic,
        )
        self.host.spent = spent
        self._per_second = 0.0
        self._connections = 0

    @contextmanager
    def share(self, per_second: float, connections: int) -> Iterator[None]:
        """A share of rate and connections for the length of the block.

        Raises: BudgetUsed where it does not fit beside those that are under way.
        """
        limits = self._limits
        if self._per_second + per_second > limits.requests_per_second + 1e-9:
            raise BudgetUsed(f"{limits.requests_per_second:g} requests a second (stress: requests_per_second)")
        if self._connections + connections > limits.max_connections:
            raise BudgetUsed(f"{limits.max_connections} connections (stress: max_connections)")
        if used := self.host.exhausted():
            raise BudgetUsed(f"stress: {used}")
        self._per_second += per_second
        self._connections += connections
        try:
            yield
        finally:
            self._per_second -= per_second
            self._connections -= connections

    def spend(self) -> str | None:
        """Count one request; what is used up, or None."""
        if used := self.host.exhausted():
            return f"the host has had its {used} (stress)"
        self.host.count()
        return None


class StressBudgets:
    """One a host."""

    def __init__(
        self, targets: Mapping[str, EnvironmentTarget], already_spent: Mapping[str, Spent] | None = None
    ) -> None:
        self._targets = targets
        self._already_spent = dict(already_spent or {})
        self._budgets: dict[str, StressBudget] = {}

    def of(self, host: str, environment: str) -> StressBudget:
        """The budget of a host; its limits are those of the environment that asked first."""
        if host not in self._budgets:
            limits = self._targets[environment].stress if environment in self._targets else StressLimits()
            self._budgets[host] = StressBudget(limits, self._already_spent.get(host, Spent()))
        return self._budgets[host]

    @property
    def requests_sent(self) -> int:
        """Requests and connections of bursts so far."""
        return sum(budget.host.spent.requests for budget in self._budgets.values())
