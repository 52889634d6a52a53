"""What tells one `response_url` from the next: counted, repeated or random."""

import secrets
from uuid import uuid4

import pytest

from scanner.ocpi.sent_commands.ids import ids_of

BASE = "https://ocpi.example.com/ocpi/emsp/2.2.1/commands"


def test_random_ids_hold_what_they_are_made_of_wherever_they_stand():
    for urls in (
        [f"{BASE}/UNLOCK_CONNECTOR/{secrets.token_hex(16)}" for _ in range(5)],
        [f"{BASE}/results?command=R&id={uuid4()}" for _ in range(5)],
        [f"{BASE}/{name}/{secrets.token_hex(16)}" for name in ("RESERVE_NOW", "CANCEL_RESERVATION", "STOP_SESSION")],
    ):
        ids = ids_of(urls)
        assert (ids.seen, ids.repeated, ids.in_sequence) == (len(urls), 0, 0)
        assert ids.entropy_bits > 64


@pytest.mark.parametrize("form", ["{}", "0000{}", "cmd-2027-01-11-0aFc9Kq7Zr3LxW-{}", "posture-{}-end"])
def test_ids_that_count_are_in_sequence_and_hold_little(form):
    ids = ids_of([f"{BASE}/RESERVE_NOW/{form.format(number)}" for number in (4711, 4712, 4714)])
    assert ids.in_sequence == 2
    assert ids.entropy_bits < 64


def test_a_url_that_comes_again_is_told_of():
    url = f"{BASE}/RESERVE_NOW/{secrets.token_hex(16)}"
    assert ids_of([url, url, url]).repeated == 2


def test_of_one_url_the_part_with_most_chance_is_looked_at():
    assert ids_of([f"{BASE}/RESERVE_NOW/{secrets.token_hex(16)}"]).entropy_bits > 64
    assert ids_of([]).seen == 0
