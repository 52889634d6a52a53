"""JSON in printable ASCII: the same value, and nothing that ends a line or speaks to a terminal."""

import json

import msgspec
import pytest

from scanner.model.ascii_json import in_ascii


@pytest.mark.parametrize(
    "text", ["", "plain", 'quoted " and \\', "é", "\x7f", "\x85 \u2028 \u2029", "\x9b31m", "\U0001f50c", "\ud7ff\ue000"]
)
def test_it_is_what_the_standard_library_writes(text):
    value = {"a": text, text: [text, 1]}
    written = in_ascii(msgspec.json.encode(value))
    assert json.loads(written) == value
    assert written.decode().isprintable()
    assert len(written.decode().splitlines()) == 1
    assert written == json.dumps(value, separators=(",", ":")).encode()
