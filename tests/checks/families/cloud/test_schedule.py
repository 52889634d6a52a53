"""Schedules of Secrets Manager, and what the rotation check makes of them."""

import pytest

from checks.families.cloud.schedule import longest_gap
from checks.model.verdict import Outcome
from tests.checks.families.cloud.test_stack_checks import outcome, with_rotation


@pytest.mark.parametrize(
    "schedule, days",
    [
        ("rate(10 days)", 10),
        ("rate(1 day)", 1),
        ("rate(12 hours)", 0.5),
        ("rate(999 days)", 999),
        ("cron(0 8 1 * ? *)", 31),
        ("cron(0 8 L * ? *)", 31),
        ("cron(0 8 31 * ? *)", 61),
        ("cron(0 16 ? * SUN *)", 7),
        ("cron(0 16 ? * 2-6 *)", 3),
        ("cron(0 0/8 * * ? *)", 1),
        ("cron(0 8 1 1/3 ? *)", 92),
        ("cron(0 8 1 JAN,JUL ? *)", 184),
        ("cron(0 8 1 1 ? *)", 366),
    ],
)
def test_a_schedule_is_read_as_the_days_between_two_rotations(schedule, days):
    assert longest_gap(schedule) == days


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "sometimes",
        "rate(0 days)",
        "rate(5 weeks)",
        "cron(0 8 1 * ?)",
        "cron(0 8 1 * ? 2030)",
        "cron(0 8 15W * ? *)",
        "cron(0 8 ? * 6#5 *)",
        "cron(0 8 40 * ? *)",
        "cron(0 8 1 FOO ? *)",
        "cron(0 8 30 2 ? *)",
    ],
)
def test_a_schedule_that_cannot_be_read_or_never_comes_has_no_length(schedule):
    assert longest_gap(schedule) is None


@pytest.mark.parametrize(
    "schedule, expected",
    [
        ("rate(90 days)", Outcome.PASS),
        ("rate(91 days)", Outcome.FAIL),
        ("rate(999 days)", Outcome.FAIL),
        ("cron(0 8 1 * ? *)", Outcome.PASS),
        ("cron(0 8 1 1 ? *)", Outcome.FAIL),
        ("cron(0 8 15W * ? *)", Outcome.INCONCLUSIVE),
        ("rate(soon)", Outcome.INCONCLUSIVE),
        ("", Outcome.FAIL),
    ],
)
def test_a_rotation_by_schedule_has_the_same_limit_as_one_by_days(schedule, expected):
    assert outcome("cloud-secrets-rotated", with_rotation({"scheduleExpression": schedule})) is expected
