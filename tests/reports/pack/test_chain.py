"""Packs that hang together, and chains with something missing."""

import io
from datetime import UTC, datetime, timedelta

from reports.pack.chain import link_to
from tests.reports.pack.packs import FILES, pack, predicate, seen

FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)


def chain(length: int, **last) -> list[bytes]:
    """Packs of consecutive days, oldest first."""
    packs: list[bytes] = []
    for number in range(length):
        began = FIRST_DAY + timedelta(days=number)
        fields = {"id": f"run-{number}", "started_at": began, "finished_at": began + timedelta(minutes=1)}
        before = seen(packs[-1]) if packs else None
        link = link_to(before.payload, before.statement) if before and before.statement else None
        packs.append(pack(about=predicate(link, **{**fields, **(last if number == length - 1 else {})})))
    return packs


def problems(newest: bytes, *earlier: bytes) -> list[str]:
    return [problem.message for problem in seen(newest, previous=[io.BytesIO(each) for each in earlier]).problems]


def test_a_whole_chain_is_followed_whatever_the_order():
    first, second, third, newest = chain(4)
    assert problems(newest, second, first, third) == []
    assert seen(newest, previous=[io.BytesIO(third)]).links == 1


def test_an_unchecked_link_is_no_problem_and_no_proof():
    newest = chain(2)[1]
    assert problems(newest) == []
    assert seen(newest).links == 0


def test_a_pack_that_is_missing_in_between_is_named():
    first, _, newest = chain(3)
    (message,) = problems(newest, first)
    assert "goes back to run run-1" in message
    assert "not given" in message


def test_a_pack_that_does_not_belong_is_named():
    newest = chain(2)[1]
    stranger = pack({**FILES, "posture.json": b"other"}, about=predicate(id="stranger"))
    assert any("not given" in message for message in problems(newest, stranger))
    assert "not one that this pack goes back to" in problems(chain(1)[0], stranger)[0]


def test_a_previous_pack_that_was_altered_is_named():
    first, newest = chain(2)
    altered = first.replace(b"<!doctype html>", b"<!doctype htmL>")
    assert any("earlier pack 1" in message for message in problems(newest, altered))


def test_a_signature_that_was_added_later_breaks_no_link():
    from reports.pack.keys import new_key  # noqa: PLC0415 - one use
    from tests.reports.pack.packs import PRIVATE  # noqa: PLC0415 - one use

    first, newest = chain(2)
    about = seen(first).statement
    assert about is not None
    other, _ = new_key()
    assert problems(newest, pack(about=about.predicate, signed_by=(PRIVATE, other))) == []


def test_clocks_that_run_backwards_and_other_environments_are_named():
    early = chain(2, started_at=FIRST_DAY - timedelta(days=9), finished_at=FIRST_DAY - timedelta(days=9))
    assert "a clock was wrong" in problems(early[1], early[0])[0]
    elsewhere = chain(2, environments=("prod",))
    assert "no common environment" in problems(elsewhere[1], elsewhere[0])[0]
