"""A marker that comes back as its result was carried out; one that was escaped or cut was not."""

import pytest

from scanner.ocpi.mutation.evaluated import evaluated
from scanner.ocpi.writing.reading_back import ABSENT


@pytest.mark.parametrize(
    "sent, read",
    [
        ("ab12{{7*7}}", "ab1249"),
        ("ab12${7*7}", "AB1249"),
        ("ab12#{7*7}", "ab1249"),
        ("$(echo ab12)", "ab12"),
        ("`echo ab12`", "ab12\n"),
    ],
)
def test_a_result_tells_on_the_platform(sent, read):
    assert evaluated(sent, read)


@pytest.mark.parametrize(
    "sent, read",
    [
        ("ab12{{7*7}}", "ab12{{7*7}}"),
        ("ab12{{7*7}}", "ab12"),
        ("ab12{{7*7}}", ABSENT),
        ("ab12{{7*7}}", "POSTURE-49C0"),
        ("<script>/*49*/</script>", "&lt;script&gt;/*49*/&lt;/script&gt;"),
        ("$(echo ab12)", "$(echo ab12)"),
        ("$(echo ab12)", "echo ab12"),
        (49, 49),
    ],
)
def test_what_is_kept_escaped_or_cut_was_not_carried_out(sent, read):
    assert not evaluated(sent, read)
