"""Walks over cloud values."""

import pytest

from scanner.model.leaves import dotted, leaves, leaves_by_path, name_of, texts, unknown_leaves
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue

VALUE: CloudValue = {"a": [{"b": "x"}, UNKNOWN], "c": {"d.e": HIDDEN, "f": ""}, "g": None, "empty": [], "h": ("y", 2)}


def test_every_scalar_and_marker_is_met_in_order():
    assert list(leaves(VALUE)) == ["x", UNKNOWN, HIDDEN, "", None, "y", 2]


def test_each_has_its_place():
    found = {dotted(path): leaf for path, leaf in leaves_by_path(VALUE)}
    assert found == {"a.0.b": "x", "a.1": UNKNOWN, "c.d.e": HIDDEN, "c.f": "", "g": None, "h.0": "y", "h.1": 2}
    assert list(unknown_leaves(VALUE)) == ["a.1"]


def test_texts_are_those_that_say_something():
    assert list(texts(VALUE)) == ["x", "y"]


@pytest.mark.parametrize("path, name", [(("a", 0, "b"), "b"), (("a", 1), "a"), ((), ""), (("c", "d.e"), "d.e")])
def test_what_stands_in_a_list_has_the_name_of_the_list(path, name):
    assert name_of(path) == name


def test_a_scalar_is_its_own_leaf():
    assert list(leaves_by_path("x")) == [((), "x")]
