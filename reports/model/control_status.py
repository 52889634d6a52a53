"""What can become of a row of the checklist."""

from enum import StrEnum


class ControlStatus(StrEnum):
    """What became of one row of the checklist; the order of the members is the order in which the rules apply."""

    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    WAIVED = "waived"
    NOT_TESTED = "not_tested"
    NOT_APPLICABLE = "not_applicable"
    PARTIAL = "partial"  # passes, but something required was not judged
    PASS = "pass"
