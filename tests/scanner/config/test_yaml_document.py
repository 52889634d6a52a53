from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config.yaml_document import YamlDocument, dotted, parse_yaml, read_yaml
from scanner.errors import ConfigError

FILE = Path("ocpi-posture.yaml")


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, FILE)
    return caught.value.diagnostics()


def test_every_key_and_item_has_its_place():
    document = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - d: 2\n", FILE)
    assert document.data == {"a": {"b": 1, "c": ["x", {"d": 2}]}}
    assert document.places[("a", "b")] == (2, 3)
    assert document.places[("a", "c", 0)] == (4, 7)
    assert document.places[("a", "c", 1, "d")] == (5, 7)


def test_words_that_yaml_1_1_would_turn_into_something_else_stay_text():
    document = parse_yaml("country: NO\nswitch: on\ntime: 12:30\nday: 2027-01-31\nid: 007\nempty:\n", FILE)
    expected = {"country": "NO", "switch": "on", "time": "12:30", "day": "2027-01-31", "id": "007", "empty": None}
    assert document.data == expected


def test_numbers_and_booleans_keep_their_type():
    document = parse_yaml("a: 3\nb: -1.5\nc: true\nd: '3'\n", FILE)
    assert document.data == {"a": 3, "b": -1.5, "c": True, "d": "3"}


def test_a_repeated_key_is_refused_and_the_first_line_named():
    message = refused("mode: observe\nseed: 1\nmode: stress\n")
    assert "ocpi-posture.yaml:3:1" in message
    assert "mode: this key was already given on line 1" in message


def test_a_merge_key_fills_in_what_the_mapping_does_not_say():
    document = parse_yaml("base: &base\n  a: 1\n  b: 2\nmine:\n  <<: *base\n  b: 3\n", FILE)
    assert document.data["mine"] == {"a": 1, "b": 3}


def test_of_two_merged_mappings_the_earlier_one_wins():
    document = parse_yaml("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nmine:\n  <<: [*x, *y]\n", FILE)
    assert document.data["mine"] == {"a": 1, "b": 2}


def test_only_a_mapping_can_be_merged():
    assert "only a mapping can be merged" in refused("a:\n  <<: text\n")


def test_broken_yaml_names_the_line_and_the_key_nearby():
    message = refused("environments:\n  test:\n    mode: [observe\n    seed: 1\n")
    assert "ocpi-posture.yaml:4" in message
    assert "not valid YAML at or just after key 'seed'" in message


def test_a_parser_error_never_repeats_what_stands_in_the_file():
    assert "sup3rs3cret" not in refused("token: *sup3rs3cret\n")
    assert "sup3rs3cret" not in refused('token: "sup3rs3cret\\q"\n')
    assert "sup3rs3cret" not in refused("token: !sup3rs3cret x\n")


@pytest.mark.parametrize("text", ["- a\n- b\n", "text\n", "3\n"])
def test_the_top_must_be_a_mapping(text):
    assert "must be a mapping" in refused(text)


def test_an_empty_file_is_an_empty_mapping():
    assert parse_yaml("# nothing yet\n", FILE).data == {}


@pytest.mark.parametrize("text,sentence", [('a: "b\\0c"', "holds a NUL"), ('a: "b\\ud83dc"', "half a character")])
def test_a_text_that_no_file_and_no_program_takes_is_refused(text, sentence):
    assert sentence in refused(text)


def test_an_alias_bomb_ends_early():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    assert "repeats itself through aliases" in refused("\n".join(lines))


def test_a_mapping_that_holds_itself_ends_early():
    assert "nested too deeply" in refused("a: &a\n  b: *a\n")


def test_deep_nesting_is_no_crash():
    assert "nested too deeply" in refused("a: " + "[" * 5000)


def test_a_missing_file_says_how_to_begin(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_yaml(tmp_path / "ocpi-posture.yaml")
    assert "no such file" in caught.value.diagnostics()
    assert "ocpi-posture init" in caught.value.diagnostics()


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ConfigError, match=r"c\.yaml:2:1: is not UTF-8"):
        read_yaml(file)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(file).data == {"a": 1}


def test_a_huge_file_is_refused(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_bytes(b"#" * (4 * 2**20 + 1))
    with pytest.raises(ConfigError, match="larger than 4 MiB"):
        read_yaml(file)


def test_a_path_reads_as_people_write_it():
    assert dotted(("environments", "test", "allow", 1)) == "environments.test.allow[1]"


@given(st.text())
def test_any_text_gives_a_document_or_one_config_error(text):
    with suppress(ConfigError):
        assert isinstance(parse_yaml(text, FILE), YamlDocument)


def test_half_a_character_is_refused():
    assert "half a character" in refused('a: "\\ud800"\n')
