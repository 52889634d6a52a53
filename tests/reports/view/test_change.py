from dataclasses import replace

from reports.model.control_status import ControlStatus
from reports.view.change import new_fails, since, sparks, spells
from tests.reports.history import with_history
from tests.reports.sample_posture import posture_of, realistic

PAST = with_history(realistic())
assert PAST.trend is not None
TREND = PAST.trend


def test_without_history_nothing_is_said_to_have_changed():
    alone = realistic()
    assert since(alone) is None
    assert (sparks(alone), spells(alone), new_fails(alone)) == ({}, {}, frozenset())


def test_what_changed_is_counted_against_the_run_before():
    changed = since(PAST)
    assert changed is not None
    assert (changed.new, changed.fixed, changed.no_longer_looked_at) == (1, 1, 1)
    assert changed.at == TREND.runs[-2].started_at
    assert not changed.nothing


def test_tool_verdicts_that_belong_to_no_row_change_nothing():
    loose = next(f.fingerprint for f in PAST.findings if f.tool and not f.controls)
    assert TREND.previous is not None
    noisy = replace(TREND, previous=replace(TREND.previous, new=(*TREND.previous.new, loose), still_there=(loose,)))
    changed = since(replace(PAST, trend=noisy))
    assert changed is not None
    assert (changed.new, changed.still_there) == (1, 0)


def test_a_line_goes_from_the_oldest_run_to_this_one_within_its_box():
    line = sparks(PAST)["Score"]
    points = [tuple(map(float, pair.split(","))) for pair in line.points.split()]
    assert len(points) == 4  # one run of five had no score
    assert all(0 <= x <= 100 and 0 <= y <= 24 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[1][1] < points[0][1]  # 55.5 stands higher than 41
    assert line.said.startswith("41 % to ")


def test_runs_of_another_profile_are_no_part_of_the_line():
    *before, now = TREND.runs
    other = replace(TREND, runs=(*(replace(run, profile="endpoint") for run in before), now))
    assert sparks(replace(PAST, trend=other)) == {}


def test_equal_neighbours_in_the_past_of_a_row_are_one_stretch():
    row = PAST.controls[0]
    first, unseen, partial, *_ = spells(PAST)[row.environment, row.id]
    assert (first.status, first.start, first.length) == (ControlStatus.PASS, 0, 2)
    assert (unseen.status, unseen.length) == (None, 1)
    assert partial.status is ControlStatus.PARTIAL
    assert sum(each.length for each in spells(PAST)[row.environment, row.id]) == 5


def test_one_run_alone_has_no_past():
    whole = with_history(posture_of())
    assert whole.trend is not None
    first = replace(
        whole.trend,
        runs=whole.trend.runs[-1:],
        controls=tuple(replace(each, statuses=each.statuses[-1:]) for each in whole.trend.controls),
        previous=None,
    )
    assert (since(replace(whole, trend=first)), spells(replace(whole, trend=first))) == (None, {})
