from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model.waiver import Waiver, WaiverKind
from scanner.config.waiver_text import with_waiver
from scanner.config.yaml_document import parse_yaml
from scanner.errors import UsageError

FILE = Path("ocpi-posture.yaml")
WAIVER = Waiver(
    fingerprint="1234567890123456",
    owner="Ada",
    reason='they said: "soon" # really',
    until=date(2027, 3, 31),
    kind=WaiverKind.ACCEPTED,
)
FIELDS = {
    "fingerprint": "1234567890123456",
    "owner": "Ada",
    "reason": 'they said: "soon" # really',
    "until": "2027-03-31",
    "kind": "accepted",
}
OLD = "{fingerprint: 0123456789abcdef, owner: Bob, reason: r, until: 2027-01-01, kind: accepted}"
SHAPES = {
    "no key": "seed: 1 # why\n",
    "no key and no line break": "seed: 1",
    "empty file": "",
    "nothing": "waivers:\nseed: 1 # why\n",
    "nothing at the end": "seed: 1\nwaivers:",
    "empty brackets": "waivers: [] # none so far\n# more\nseed: 1\n",
    "brackets": f"waivers: [{OLD}] # one\nseed: 1\n",
    "brackets over lines": f"waivers: [\n  {OLD}, # first\n]\nseed: 1\n",
    "block": f"waivers:\n  - {OLD} # first\n# about the seed\nseed: 1\n",
    "block without indent": f"waivers:\n- {OLD}\nseed: 1\n",
    "block over lines": "waivers:\n    -   a: 1 # one\n        b: |\n          text\n\n# seed\nseed: 1\n",
    "last thing, no line break": f"seed: 1\nwaivers:\n  - {OLD}",
    "json": f'{{"seed": 1,\n "waivers": [{OLD}]}}\n',
    "json without": '{"seed": 1, "profile": "endpoint"\n}\n',
    "json with none": '{"waivers": [], "seed": 1}',
    "windows": f"seed: 1\r\nwaivers:\r\n  - {OLD}\r\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_waiver_is_added_and_nothing_else_changes(shape):
    text = SHAPES[shape]
    changed = with_waiver(text, FILE, WAIVER, "ocpi-token-required")
    before, after = parse_yaml(text, FILE).data, parse_yaml(changed, FILE).data
    known = before.get("waivers") or []
    assert isinstance(known, list)
    assert after == {**before, "waivers": [*known, FIELDS]}
    kept = [line for line in text.splitlines() if line.strip() and "waivers" not in line]
    for line in kept:
        assert line.partition("#")[2] in changed


def test_comments_stay_where_they_are():
    changed = with_waiver(SHAPES["block"], FILE, WAIVER, "ocpi-token-required")
    assert changed.splitlines() == [
        "waivers:",
        f"  - {OLD} # first",
        "  # ocpi-token-required",
        '  - fingerprint: "1234567890123456"',
        '    owner: "Ada"',
        '    reason: "they said: \\"soon\\" # really"',
        "    until: 2027-03-31",
        "    kind: accepted",
        "# about the seed",
        "seed: 1",
    ]


def test_what_cannot_be_extended_safely_is_left_alone_and_shown():
    text = "x: &w\n  - a\nwaivers: *w\n"
    with pytest.raises(UsageError) as caught:
        with_waiver(text, FILE, WAIVER)
    assert 'fingerprint: "1234567890123456"' in caught.value.hint


@given(reason=st.text(min_size=1), shape=st.sampled_from(sorted(SHAPES)))
def test_any_reason_comes_back_as_it_was_given(reason, shape):
    waiver = Waiver(fingerprint="0" * 16, owner="x", reason=reason, until=date(2027, 1, 1), kind=WaiverKind.COMPENSATED)
    try:
        changed = with_waiver(SHAPES[shape], FILE, waiver)
    except UsageError:
        assert not reason.isprintable()
        return
    written = parse_yaml(changed, FILE).data["waivers"]
    assert isinstance(written, list)
    assert isinstance(written[-1], dict)
    assert written[-1]["reason"] == reason
