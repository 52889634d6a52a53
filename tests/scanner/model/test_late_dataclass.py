"""A late dataclass is in all things the standard library's, which is asked beside it."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scanner.model.late_dataclass import _LateInit, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A value with each kind of field."""

    number: int
    words: tuple[str, ...] = ()
    held: dict[str, int] = field(default_factory=dict, hash=False)
    aside: str = field(default="", compare=False)
    unsaid: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("below zero")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """The same, by the standard library."""

    number: int
    words: tuple[str, ...] = ()
    held: dict[str, int] = field(default_factory=dict, hash=False)
    aside: str = field(default="", compare=False)
    unsaid: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("below zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir(Late):
    """One more field."""

    more: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Equal by a rule of its own."""

    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike) and self.text.lower() == other.text.lower()

    def __hash__(self) -> int:
        return hash(self.text.lower())

    def __repr__(self) -> str:
        return f"<{self.text}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A field that is worked out."""

    text: str
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """Nothing."""


_VALUES = st.fixed_dictionaries(
    {"number": st.integers(0, 3)},
    optional={
        "words": st.lists(st.sampled_from("ab"), max_size=2).map(tuple),
        "aside": st.sampled_from("ab"),
        "unsaid": st.sampled_from("ab"),
    },
)


@given(one=_VALUES, other=_VALUES)
def test_equality_hash_words_and_values_are_those_of_the_standard_library(
    one: dict[str, object], other: dict[str, object]
) -> None:
    late, beside = Late(**one), Late(**other)  # type: ignore[arg-type]
    early, besides = Early(**one), Early(**other)  # type: ignore[arg-type]

    assert (late == beside) == (early == besides)
    assert hash(late) == hash(Late(**one))  # type: ignore[arg-type]
    assert repr(late) == repr(early).replace("Early", "Late")
    assert msgspec.to_builtins(late) == msgspec.to_builtins(early) == dataclasses.asdict(late)


def test_a_field_that_is_left_out_of_the_hash_or_of_the_words_stays_out() -> None:
    value = Late(number=1, held={"a": 1}, unsaid="nobody reads this")

    assert hash(value) == hash(replace(value, held={"b": 2}))
    assert "nobody" not in repr(value)


def test_each_value_gets_a_default_of_its_own() -> None:
    assert Late(number=1).held is not Late(number=1).held


@pytest.mark.parametrize(
    "wrong",
    [
        lambda kind: kind(),
        lambda kind: kind(1),
        lambda kind: kind(number=1, nubmer=2),
        lambda kind: kind(number=-1),
        lambda kind: setattr(kind(number=1), "number", 2),
        lambda kind: delattr(kind(number=1), "number"),
    ],
)
def test_a_mistake_is_told_as_the_standard_library_tells_it(wrong: Callable[[object], object]) -> None:
    told = []
    for kind in (Late, Early):
        with pytest.raises((TypeError, ValueError, FrozenInstanceError)) as caught:
            wrong(kind)
        told.append((caught.type, str(caught.value).replace("Early", "Late")))

    assert told[0] == told[1]


def test_a_name_that_is_no_field_is_refused_too() -> None:
    with pytest.raises(FrozenInstanceError, match="other"):
        Late(number=1).other = 2  # type: ignore[attr-defined]


def test_fields_signature_slots_and_patterns_are_those_of_the_standard_library() -> None:
    assert [(one.name, one.type) for one in fields(Late)] == [(one.name, one.type) for one in fields(Early)]
    assert str(inspect.signature(Late)) == str(inspect.signature(Early))
    assert Late.__slots__ == Early.__slots__
    assert Late.__match_args__ == Early.__match_args__
    assert not hasattr(Late(number=1), "__dict__")


def test_an_heir_has_the_fields_and_the_rules_of_its_base() -> None:
    value = Heir(number=1, more=2)

    assert (value.number, value.more, value.words) == (1, 2, ())
    assert value != Late(number=1)
    assert replace(value, more=3) == Heir(number=1, more=3)
    with pytest.raises(ValueError, match="below zero"):
        Heir(number=-1)


def test_methods_that_a_class_brings_stay() -> None:
    assert {Alike(text="A"), Alike(text="a")} == {Alike(text="a")}
    assert repr(Alike(text="A")) == "<A>"


def test_a_field_may_be_worked_out_and_a_class_may_have_none() -> None:
    assert Made(text="four").length == 4
    assert Bare() == Bare()
    assert len({Bare(), Bare()}) == 1


def test_a_value_is_copied_and_pickled() -> None:
    value = Heir(number=1, words=("a",), held={"a": 1}, more=2)

    assert copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value


def test_pydantic_reads_and_writes_it() -> None:
    adapter = TypeAdapter(Late)

    assert adapter.validate_python({"number": 1, "words": ["a"]}) == Late(number=1, words=("a",))
    assert adapter.dump_python(Late(number=1)) == dataclasses.asdict(Late(number=1))
    with pytest.raises(ValidationError):
        adapter.validate_python({"number": -1})


def test_nothing_is_compiled_before_the_first_value() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unused:
        number: int

    assert isinstance(vars(Unused)["__init__"], _LateInit)
    assert Unused(number=1).number == 1
    assert inspect.isfunction(vars(Unused)["__init__"])


def test_what_is_not_wholly_frozen_is_left_to_the_standard_library() -> None:
    @dataclass(slots=True)
    class Changing:
        number: int

    value = Changing(1)
    value.number = 2
    assert value.number == 2


def test_a_mixture_of_late_and_early_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="frozen"):

        @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
        class Mixed(Late):
            more: int = 1


@pytest.mark.parametrize("name", ["__setattr__", "__delattr__"])
def test_a_class_whose_values_could_change_is_refused_where_it_is_written(name: str) -> None:
    def change(*_: object) -> None:
        """Anything."""

    written = {"__annotations__": {"number": int}, name: change}
    for kind in (dataclass, dataclasses.dataclass):
        with pytest.raises(TypeError, match=name):
            kind(frozen=True, slots=True, kw_only=True)(type("Changing", (), written))
