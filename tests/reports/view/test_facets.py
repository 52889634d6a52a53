from checks.model.verdict import Outcome
from reports.view.facets import Marks, facets
from reports.view.problem import problems
from tests.reports.sample_posture import finding, posture_of, realistic


def test_every_mark_is_a_value_of_a_facet_so_that_nothing_is_out_of_reach():
    posture = realistic()
    marks = Marks(posture)
    known = {mark for facet in facets(posture) for mark, _ in facet.values} | {"e0"}  # one environment is no choice
    for outcome in Outcome:
        for problem in problems(posture, outcome):
            assert set(marks.of_problem(problem).split()) <= known
    for row in posture.controls:
        assert set(marks.of_control(row).split()) <= known


def test_an_entry_has_the_layers_of_all_its_rows():
    posture = posture_of(finding("x", Outcome.FAIL, "OCPI-TLS-01", "OCPI-NET-02"))
    (problem,) = problems(posture, Outcome.FAIL)
    layers = {row.layer for row in posture.controls if row.id in problem.controls}
    assert len([mark for mark in Marks(posture).of_problem(problem).split() if mark[1:].isdigit()]) == len(layers) + 1


def test_environments_are_a_choice_only_where_there_are_several():
    assert "environment" not in {facet.name for facet in facets(posture_of(finding()))}
    two = {facet.name: facet for facet in facets(posture_of(finding(), environments=("demo", "prod")))}
    assert two["environment"].values == (("e0", "demo"), ("e1", "prod"))
