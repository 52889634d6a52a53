"""Findings that differ only in who asked, or in the environment, are told apart wherever they are read."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from checks.model.verdict import Outcome
from reports.html import render_html
from reports.junit import render_junit
from reports.markdown import render_markdown
from reports.sarif import render_sarif
from reports.terminal import render_terminal
from tests.reports.sample_posture import finding, interface, posture_of, waiver

IDENTITIES = ("emsp-one", "emsp-two")


def fails(environment):
    subject = replace(interface("cdrs"), environment=environment)
    return [finding("kept-apart", Outcome.FAIL, subject=subject, identity=identity) for identity in IDENTITIES]


@pytest.fixture
def two():
    return posture_of(*fails("test"), *fails("prod"), environments=("test", "prod"))


def test_a_pipeline_gets_a_test_case_of_its_own_for_each(two):
    root = ET.fromstring(render_junit(two))
    names = [(suite.get("name"), case.get("name")) for suite in root.iter("testsuite") for case in suite]
    assert len(set(names)) == len(names) == 4


def test_code_scanning_gets_another_message_for_each(two):
    results = json.loads(render_sarif(two))["runs"][0]["results"]
    assert {result["message"]["text"] for result in results} == {
        f"main 2.2.1 cdrs GET as {identity} in {environment}: what was seen"
        for identity in IDENTITIES
        for environment in ("test", "prod")
    }


@pytest.mark.parametrize("render", [render_terminal, lambda posture: render_markdown(posture).decode()])
def test_people_read_the_environment_and_who_asked(two, render):
    text = render(two).replace("\\", "")
    for words in (" in test", " in prod", "as emsp-one", "as emsp-two"):
        assert words in text


def test_the_page_names_the_environment_in_each_heading_and_first_step(two):
    page = render_html(two).decode()
    for environment in ("test", "prod"):
        assert f'Kept apart <span class="env">{environment}</span>' in page
    assert "does not hold for 2 subjects in prod, seen by" in page


def test_one_environment_is_not_named_again_and_again():
    one = posture_of(*fails("demo"))
    assert " in demo" not in render_terminal(one)
    assert " in demo" not in render_markdown(one).decode()


def test_what_belongs_to_no_row_ends_without_a_comma():
    about = replace(finding("waivers-in-order", Outcome.FAIL), controls=())
    assert "    waivers-in-order, tls\n" in render_terminal(posture_of(about))


def test_the_terminal_says_how_an_exception_was_accepted():
    compensated = replace(finding("c", Outcome.WAIVED), waiver=replace(waiver(), kind="compensated"))
    assert "accepted (compensated) by Ada" in render_terminal(posture_of(compensated))
    assert "accepted by Ada" in render_terminal(posture_of(finding("c", Outcome.WAIVED)))
