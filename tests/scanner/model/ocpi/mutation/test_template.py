import copy
import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi.mutation.template import Template, encoded

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)
objects = st.dictionaries(keys, values, max_size=5)


def paths(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from paths(inner, (*path, key))


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def at(value, path):
    for step in path:
        value = value[step]
    return value


@settings(deadline=None)
@given(objects)
def test_the_whole_is_what_json_would_write(value):
    assert Template(value).whole == encoded(value)


@settings(deadline=None)
@given(objects)
def test_a_value_is_replaced_and_taken_out_at_every_place(value):
    template = Template(value)
    for path in paths(value):
        head, tail = template.around(pointer(path))
        assert head + (template.raw(pointer(path)) or b"") + tail == template.whole
        if not path:
            continue
        changed, lacking = copy.deepcopy(value), copy.deepcopy(value)
        at(changed, path[:-1])[path[-1]] = {"new": 1}
        assert json.loads(head + b'{"new":1}' + tail) == changed
        del at(lacking, path[:-1])[path[-1]]
        assert json.loads(template.without(pointer(path))) == lacking


@settings(deadline=None)
@given(objects)
def test_an_absent_member_is_put_into_its_object(value):
    template = Template(value)
    for path in paths(value):
        if isinstance(at(value, path), Mapping) and "absent" not in at(value, path):
            head, tail = template.around(pointer((*path, "absent")))
            changed = copy.deepcopy(value)
            at(changed, path)["absent"] = 1
            assert json.loads(head + b"1" + tail) == changed


def test_what_is_not_there_is_no_place():
    template = Template({"a": [1]})
    assert template.raw("/b") is None
    with pytest.raises(KeyError):
        template.around("/b/c")
    with pytest.raises(KeyError):
        template.without("/b")


def test_what_json_cannot_say_is_an_error():
    with pytest.raises(ValueError, match="not JSON compliant"):
        Template({"a": float("nan")})
