"""A PATCH holds one changed property as the mutant wrote it, and the date that goes with every change."""

import json
from datetime import UTC, datetime

from scanner.model.ocpi.mutation.mutants import mutants
from scanner.model.party import Party
from scanner.ocpi.mutation.partial import FAMILIES, partial
from scanner.ocpi.writing.valid import valid_object

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STAMP = "2026-11-21T12:00:00Z"
SESSION = valid_object(
    "2.2.1",
    "Session",
    "POSTURE-0123456789",
    party=Party(country_code="BE", party_id="GRN"),
    emsp=None,
    seed="s",
    now=NOW,
    stamp=STAMP,
)
WHOLE = list(mutants("2.2.1", "Session", SESSION, seed="s", now=NOW, families=FAMILIES))
MADE = {mutant.id: mutant.body for mutant in partial(WHOLE, SESSION)}


def test_a_number_keeps_the_form_that_is_tried():
    stamped = f',"last_updated":"{STAMP}"}}'.encode()
    assert MADE["number:/kwh#1e400"] == b'{"kwh":1e400' + stamped
    assert MADE["number:/kwh#minus-zero"] == b'{"kwh":-0' + stamped


def test_each_message_changes_one_property_that_the_object_has():
    changed = {frozenset(json.loads(body)) - {"last_updated"} for body in MADE.values()}
    assert changed == {frozenset({name} - {"last_updated"}) for name in SESSION}


def is_json(body):
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def test_what_is_deeper_or_absent_or_no_json_is_not_sent_as_a_patch():
    at_the_top = {m.id for m in WHOLE if m.pointer.count("/") == 1 and m.pointer[1:] in SESSION}
    assert MADE.keys() == {m.id for m in WHOLE if m.id in at_the_top and is_json(m.body)}
    assert {len(MADE) < len(at_the_top), len(at_the_top) < len(WHOLE)} == {True}
