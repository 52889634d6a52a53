"""What runs in containers is fixed, or it is not."""

from typing import Final

import pytest

from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.case_tables import BY_ID, F, P, Row, judged_both_ways, said
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare

ROWS: Final[list[Row]] = [
    ("containers-image-by-digest", "fixed", "it", P),
    ("containers-image-by-digest", "by_tag", "it", F),
    ("containers-image-by-digest", "by_tag_and_digest", "it", P),
    ("containers-image-by-digest", "without_a_tag", "it", F),
    ("containers-image-by-digest", "image_of_a_repository", "it", F),
    ("containers-image-by-digest", "no_containers", "", Outcome.NOT_APPLICABLE),
    ("containers-read-only", "fixed", "it", P),
    ("containers-read-only", "writable", "it", F),
    ("containers-read-only", "writable_unless_said", "it", F),
    ("containers-no-shell", "fixed", "it", P),
    ("containers-no-shell", "shell", "it", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_a_check_says_of_a_program_what_the_table_says(row: Row):
    assert said("containers", row) is row[3]


def test_every_check_of_the_family_passes_one_program_and_fails_another():
    assert judged_both_ways(ROWS, "containers") == set()


@pytest.mark.parametrize(
    "check, token, inputs",
    [
        ("no-shell", "aws:ecs/service:Service", {"enableExecuteCommand": UNKNOWN}),
    ],
)
def test_what_is_unknown_until_deploy_decides_nothing(check, token, inputs):
    stack = DeclaredResources(stack="small/test", source="program", resources=(declare(token, "it", inputs),))
    (found,) = findings(BY_ID[f"cloud-containers-{check}"], stack)
    assert found.outcome is Outcome.INCONCLUSIVE
