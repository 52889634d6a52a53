"""Rates: within what was allowed, above what was agreed, and such that the budget lasts for every load."""

import pytest

from scanner.model.burst import StressLimits
from scanner.model.facts.ocpi.stress import HELD, LOADS
from scanner.ocpi.stress.pace import Pace, Rates


@pytest.mark.parametrize("allowed", [0.5, 4, 50, 80, 2000])
def test_load_and_good_partner_together_keep_the_allowed_rate(allowed):
    rates = Rates.within(StressLimits(requests_per_second=allowed))
    assert rates.good + rates.most <= allowed + 1e-9
    assert rates.good > 0
    assert rates.excess(1e9) == rates.excess(None) == rates.most


def test_the_excess_is_three_times_what_was_agreed_and_the_rest_keeps_to_it():
    rates = Rates.within(StressLimits(requests_per_second=100))
    assert (rates.excess(20), rates.steady(20)) == (60, 20)
    assert (rates.excess(80), rates.steady(None)) == (90, 45)


@pytest.mark.parametrize("allowed", [20, 50, 80])
def test_the_default_budget_lasts_for_every_load(allowed):
    limits, pace = StressLimits(requests_per_second=allowed), Pace()
    rates = Rates.within(limits)
    watched = pace.before_s + pace.after_s + 2  # seconds until it is seen that the sender is served again
    loads = (len(LOADS) - 1) * rates.steady(None) * pace.during_s + rates.excess(None) * pace.during_s
    beside = (
        len(LOADS) * rates.beside(pace.during_s) * pace.during_s + len(HELD) * rates.beside(pace.held_s) * pace.held_s
    )
    around = (len(LOADS) + len(HELD)) * rates.good * watched + len(HELD) * rates.connections
    assert loads + beside + around < limits.max_requests
    seconds = len(LOADS) * (watched + pace.during_s) + len(HELD) * (watched + pace.held_s)
    assert seconds < limits.max_seconds
