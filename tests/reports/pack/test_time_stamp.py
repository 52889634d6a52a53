"""Time stamps by an authority of our own."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509 import load_pem_x509_certificate

from reports.pack.envelope import read_envelope, signature_of
from reports.pack.time_stamp import BadTimeStamp, answered, request_for
from tests.reports.pack.packs import pack, predicate, seen
from tests.targets.time_stamp_authority import Authority, authority

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("tsa") / "it")


def root(made: Authority):
    return load_pem_x509_certificate(made.root.read_bytes())


def stamped(made: Authority, whole: bytes) -> bytes:
    envelope = read_envelope(seen(whole).contents.own["pack/statement.dsse.json"])
    (key_id,) = envelope.signatures
    request = request_for(signature_of(envelope, key_id))
    return pack(stamps={key_id: answered(made.answer(request.as_bytes()), request)})


def test_a_stamped_signature_has_a_time_and_an_authority(tsa):
    examined = seen(stamped(tsa, pack()), roots=[root(tsa)])
    assert examined.problems == ()
    (stamp,) = examined.stamped.values()
    assert (stamp.authority, stamp.trusted) == ("CN=a TSA", True)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=2)


def test_without_a_root_the_time_is_shown_and_not_trusted(tsa):
    (stamp,) = seen(stamped(tsa, pack())).stamped.values()
    assert not stamp.trusted


def test_the_root_of_another_authority_is_not_enough(tsa, tmp_path):
    problems = seen(stamped(tsa, pack()), roots=[root(authority(tmp_path / "other"))]).problems
    assert {str(problem.kind) for problem in problems} == {"time-stamp"}
    assert "not shown to be behind it" in problems[0].message


@pytest.mark.parametrize(
    "validity",
    [
        {"valid_from": NOW - 9 * DAY, "valid_to": NOW - 2 * DAY},
        {"valid_from": NOW + 2 * DAY, "valid_to": NOW + 9 * DAY},
    ],
    ids=["expired", "not-yet"],
)
def test_a_stamp_outside_the_validity_of_its_certificate_is_named(tmp_path, validity):
    made = authority(tmp_path / "tsa", **validity)
    problems = seen(stamped(made, pack()), roots=[root(made)]).problems
    assert "when its certificate was not valid" in problems[0].message


def test_a_stamp_of_another_signature_is_named(tsa):
    other = seen(stamped(tsa, pack())).contents.own
    (stamp,) = (content for name, content in other.items() if name.endswith(".tsr"))
    about = predicate(id="another-run")
    unstamped = read_envelope(seen(pack(about=about)).contents.own["pack/statement.dsse.json"])
    forged = pack(about=about, stamps=dict.fromkeys(unstamped.signatures, stamp))
    (problem,) = seen(forged).problems
    assert "about another signature" in problem.message


def test_a_stamp_without_its_signature_is_named(tsa):
    other = seen(stamped(tsa, pack())).contents.own
    (stamp,) = (content for name, content in other.items() if name.endswith(".tsr"))
    (problem,) = seen(pack(stamps={"0" * 64: stamp})).problems
    assert "no signature that it could be about" in problem.message


def test_a_missing_stamp_is_named_where_an_authority_was(tsa):
    (problem,) = seen(pack(), roots=[root(tsa)]).problems
    assert "one was asked for" in problem.message


def test_a_stamp_long_before_the_end_of_the_run_means_a_wrong_clock(tsa):
    ended = datetime.now(UTC) + timedelta(hours=3)
    about = predicate(started_at=ended - timedelta(minutes=1), finished_at=ended)
    envelope = read_envelope(seen(pack(about=about)).contents.own["pack/statement.dsse.json"])
    (key_id,) = envelope.signatures
    request = request_for(signature_of(envelope, key_id))
    whole = pack(about=about, stamps={key_id: tsa.answer(request.as_bytes())})
    (problem,) = seen(whole, roots=[root(tsa)]).problems
    assert "one of the two clocks was wrong" in problem.message


@pytest.mark.parametrize("answer", [b"", b"\x30\x00", b"<html>", bytes(200)])
def test_an_answer_that_is_no_time_stamp_is_refused(answer):
    with pytest.raises(BadTimeStamp):
        answered(answer, request_for(b"signature"))


def test_an_answer_to_another_request_is_refused(tsa):
    answer = tsa.answer(request_for(b"signature").as_bytes())
    with pytest.raises(BadTimeStamp, match="another request"):
        answered(answer, request_for(b"signature"))


def test_damaged_stamps_never_crash(tsa):
    whole = stamped(tsa, pack())
    (name,) = (name for name in seen(whole).contents.own if name.endswith(".tsr"))
    content, key_id = seen(whole).contents.own[name], name.split("/")[-1][:64]
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 0x55
        examined = seen(pack(stamps={key_id: bytes(altered)}), roots=[root(tsa)])
        assert examined.problems or examined.stamped
