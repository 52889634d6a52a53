"""The mapping names policies of Checkov and rows of the checklist; the catalogue is what is installed."""

from dataclasses import replace
from pathlib import Path

import pytest

from checks.checklist.loader import controls
from checks.mappings.catalogue import Policy, catalogue
from checks.mappings.generator import drift, installed
from checks.mappings.loader import rule_table
from scanner.cli.rule_titles import title_of
from scanner.model.witness import Witness


@pytest.fixture(scope="module")
def known() -> tuple[Policy, ...]:
    return installed(Path("checks/policies").resolve())


def test_the_catalogue_has_every_policy_of_the_installed_checkov(known):
    """Where it does not: read what is new, map it in checkov.yaml if it touches a row, and run the generator."""
    assert drift(catalogue().values(), known) == ()
    assert len(known) > 400
    assert {one.kind for one in known} == {"resource", "graph", "provider", "data"}


def test_what_is_new_gone_or_changed_is_named():
    one = next(iter(catalogue().values()))
    assert drift([], [one]) == (f"{one.rule} is new: {one.title}",)
    assert drift([one], []) == (f"{one.rule} is gone: {one.title}",)
    assert drift([one], [replace(one, title="Other words")]) == (f"{one.rule} has changed",)
    assert drift([one], [one]) == ()


def test_a_line_of_the_catalogue_can_be_read_back():
    assert all(Policy.from_line(one.line()) == one for one in catalogue().values())


def test_every_mapped_policy_exists_and_every_policy_of_ours_is_mapped(known):
    ids = {one.rule for one in known}
    mapped = {rule for tool, rule in rule_table() if tool == "checkov"}
    assert mapped - ids == set()
    assert {policy for policy in ids if "_OCPI_" in policy} - mapped == set()


def test_what_touches_no_row_is_hygiene():
    mapped = {rule for tool, rule in rule_table() if tool == "checkov"}
    hygiene = {one.rule for one in catalogue().values() if one.severity is None}
    assert hygiene == set(catalogue()) - mapped
    assert all(not catalogue()[rule].controls for rule in hygiene)


@pytest.mark.parametrize("rule", ["CKV_AWS_76", "CKV_AWS_120", "CKV2_OCPI_1"])
def test_the_title_of_a_policy_is_that_of_the_catalogue(rule):
    assert title_of(rule) == catalogue()[rule].title


def test_every_mapped_row_exists_and_is_one_that_the_declared_cloud_can_speak_to():
    rows = {row.id: row for row in controls()}
    named = {control for rule in rule_table().values() for control in rule.controls}
    assert named - set(rows) == set()
    clouds = {Witness.CLOUD_DECLARED, Witness.CLOUD_LIVE}
    assert {row for row in named if not clouds & set(rows[row].witnesses)} == set()


def test_no_rule_is_mapped_to_a_row_that_only_rolls_up_others():
    rolled = {row.id for row in controls() if row.rolls_up}
    assert {rule.rule for rule in rule_table().values() if rolled & set(rule.controls)} == set()
