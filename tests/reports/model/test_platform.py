"""A row about another kind of platform is left out, cites the profile, and hides nothing that was seen all the same."""

import pytest

from checks.checklist.loader import checklist
from checks.model.control import Checklist, Control, Layer, Requirement
from checks.model.platform import Hosting, Platform, Size
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from scanner.model.party import Role
from scanner.model.severity import Severity
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from tests.reports.sample_posture import finding, posture_of

CPO = Platform(roles=frozenset({Role.CPO}))


def rows(only_for: Platform) -> Checklist:
    hub = Control(
        id="HUB",
        layer="transport",
        title="about hubs",
        severity=Severity.HIGH,
        witnesses=(Witness.TLS,),
        verify="look",
        requires={"p": Requirement(witnesses=frozenset({Witness.TLS}))},
        only_for=only_for,
    )
    return Checklist(layers=(Layer(id="transport", title="Transport"),), controls=(hub,))


def judged(checklist: Checklist, *outcomes: Outcome):
    said = [
        finding("k", outcome, "HUB", subject=ServerSubject(environment="demo", host=str(n), port=443))
        for n, outcome in enumerate(outcomes)
    ]
    (control,) = posture_of(*said, rows=checklist, profile="p", environments=("demo",)).controls
    return control


HUBS = Platform(roles=frozenset({Role.HUB}))


def test_a_row_about_another_kind_does_not_apply_and_cites_the_profile():
    one = judged(rows(HUBS).about(CPO))
    assert one.status is ControlStatus.NOT_APPLICABLE
    assert one.note == "left out by the profile p: roles: CPO; the row is about HUB"
    assert one.required == one.missing == ()


@pytest.mark.parametrize("platform", [Platform(), HUBS, Platform(hosting=frozenset({Hosting.OWN}))])
def test_what_is_not_said_leaves_nothing_out(platform):
    one = judged(rows(HUBS).about(platform))
    assert one.status is ControlStatus.NOT_TESTED
    assert one.missing == ("tls",)


@pytest.mark.parametrize(
    "outcome, status",
    [
        (Outcome.FAIL, ControlStatus.FAIL),
        (Outcome.INCONCLUSIVE, ControlStatus.INCONCLUSIVE),
        (Outcome.NOT_TESTED, ControlStatus.NOT_APPLICABLE),
    ],
)
def test_a_fail_of_a_row_that_was_left_out_is_still_a_fail(outcome, status):
    assert judged(rows(HUBS).about(CPO), outcome).status is status


def left_out(platform: Platform) -> set[str]:
    return {control.id for control in checklist().about(platform).controls if control.left_out}


def test_roles_versions_hosting_and_size_each_leave_their_rows_out():
    assert left_out(Platform()) == set()
    assert left_out(CPO) == {"OCPI-EXT-08"}
    assert left_out(Platform(roles=frozenset({Role.EMSP}))) == {"OCPI-EXT-08", "OCPI-AZ-04"}
    assert left_out(Platform(roles=frozenset({Role.HUB}))) == set()
    assert left_out(Platform(versions=frozenset({"2.1.1"}))) == {"OCPI-EXT-24", "OCPI-EXT-21", "OCPI-EXT-12"}
    assert left_out(Platform(versions=frozenset({"2.1.1", "2.3.0"}))) == set()
    assert left_out(Platform(hosting=frozenset({Hosting.OWN}))) == {"OCPI-EXT-25"}
    assert left_out(Platform(size=frozenset({Size.ONE_PARTNER}))) == {"OCPI-AUT-02"}
