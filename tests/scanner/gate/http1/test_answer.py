"""What one answer may be, however it comes in pieces, and where it ends."""

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.failure import NoAnswer
from scanner.model.exchange import FailureKind

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-One: 1\r\nx-one: 2\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;why=no\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n"
)
NO_LENGTH = b"HTTP/1.1 200 OK\r\n\r\nhello"


def read(*pieces, method="GET", head=1000, body=1000):
    answer = Answer(method, max_header_bytes=head, max_body_bytes=body)
    for piece in pieces:
        answer.feed(piece)
    return answer


@pytest.mark.parametrize("whole", [LENGTH, CHUNKED], ids=["by length", "in chunks"])
@given(cuts=st.sets(st.integers(1, 60)))
def test_an_answer_is_the_same_however_it_was_cut(whole, cuts):
    ends = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    answer = read(*(whole[a:b] for a, b in pairwise(ends)))
    assert answer.done
    assert answer.keeps_alive
    assert (answer.status, answer.body()) == (200, b"hello")
    assert answer.headers == read(whole).headers


def test_headers_keep_order_case_and_repeats_and_trailers_are_none():
    assert read(LENGTH).headers == [("Content-Length", "5"), ("X-One", "1"), ("x-one", "2")]
    assert [name for name, _ in read(CHUNKED).headers] == ["Transfer-Encoding"]


def test_whitespace_around_a_value_is_no_part_of_it():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2 \r\nX-One:\t a\tb \t \r\n\r\n{}"
    assert read(whole).headers == [("Content-Length", "2"), ("X-One", "a\tb")]


@pytest.mark.parametrize("coding", [b"gzip", b"GZIP ", b"x-gzip"])
def test_a_coding_is_known_by_each_of_its_names(coding):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Encoding: %s\r\n\r\n"
    packed = gzip.compress(b"hello")
    assert read(head % (len(packed), coding) + packed).body() == b"hello"


def test_without_a_length_only_the_end_of_the_connection_ends_an_answer():
    answer = read(NO_LENGTH)
    assert not answer.done
    assert answer.ends_with_connection()


@pytest.mark.parametrize(
    "cut", [LENGTH[:-1], CHUNKED[:-20], LENGTH[:30], b""], ids=["body", "chunk", "head", "nothing"]
)
def test_an_answer_that_breaks_off_is_not_whole(cut):
    answer = read(cut) if cut else read()
    assert not answer.done
    assert not answer.ends_with_connection()


def test_interim_answers_are_passed_over():
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    answer = read(b"HTTP/1.1 100 Continue\r\n\r\n" + early + LENGTH)
    assert (answer.status, answer.body()) == (200, b"hello")
    assert "Link" not in dict(answer.headers)


def test_endless_interim_answers_are_too_much():
    with pytest.raises(NoAnswer) as error:
        read(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000)
    assert error.value.kind is FailureKind.HEADERS_TOO_LARGE


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        CHUNKED[:-2] + b"X: y\r\n" * 500,
        CHUNKED[:-2] + b"X: " + b"y" * 2000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;why=" + b"y" * 4000,
    ],
    ids=["one field", "many fields", "trailers", "one trailer", "chunk extension"],
)
@pytest.mark.parametrize("step", [7, 1500])
def test_what_is_no_body_is_bounded(endless, step):
    pieces = (endless[at : at + step] for at in range(0, len(endless), step))
    with pytest.raises(NoAnswer) as error:
        read(*pieces, b"X: y\r\n" * 300)
    assert error.value.kind is FailureKind.HEADERS_TOO_LARGE


def test_a_small_head_and_a_large_body_in_one_piece_are_no_large_head():
    answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, body=9000)
    assert answer.done
    assert len(answer.body()) == 5000


def test_a_long_body_in_small_chunks_is_no_large_head():
    chunks = b"1\r\nx\r\n" * 900
    answer = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n")
    assert answer.body() == b"x" * 900


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"\0" * 10**6), zlib.compress(b"\0" * 10**6)], ids=["gzip", "deflate"]
)
def test_a_packed_body_is_unpacked_and_cut_at_the_limit(packed):
    coding = b"gzip" if packed[:1] == b"\x1f" else b"deflate"
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(packed))
    answer = read(head + packed)
    assert answer.truncated
    assert answer.body() == b"\0" * 1000
    assert 0 < answer.wire_bytes <= len(packed)
    assert not answer.keeps_alive


@pytest.mark.parametrize("length", [65_536, 262_144, 262_145, 3 * 262_144])
@pytest.mark.parametrize("step", [1000, 10**6])
def test_a_packed_body_is_unpacked_to_its_last_byte(length, step):
    plain = bytes(range(256)) * (length // 256) + b"!" * (length % 256)
    packed = gzip.compress(plain)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    pieces = (packed[at : at + step] for at in range(0, len(packed), step))
    answer = read(head, *pieces, body=10**6)
    assert (answer.done, answer.truncated, answer.body_bytes) == (True, False, length)
    assert answer.body() == plain
    assert answer.body(70_000) == plain[:70_000]


@pytest.mark.parametrize(
    "broken",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["no HTTP", "no chunk", "two lengths", "no length", "no gzip"],
)
def test_what_breaks_the_rules_is_said_so(broken):
    with pytest.raises(NoAnswer) as error:
        read(broken)
    assert error.value.kind is FailureKind.NOT_HTTP
    assert error.value.detail


@pytest.mark.parametrize(
    "after",
    [b"garbage", LENGTH, b"\x15\x03\x01", b"HTTP/1.1 100 Continue\r\n\r\n"],
    ids=["text", "answer", "TLS", "100"],
)
def test_what_follows_a_whole_answer_is_not_read_and_ends_the_connection(after):
    answer = read(LENGTH + after)
    assert answer.done
    assert answer.body() == b"hello"
    assert len(answer.headers) == 3
    assert not answer.keeps_alive


@pytest.mark.parametrize(
    "line, kept",
    [(b"", True), (b"Connection: close\r\n", False), (b"Connection: keep-alive\r\n", True)],
)
def test_the_target_says_whether_the_connection_lives_on(line, kept):
    answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + line + b"\r\n")
    assert answer.done
    assert answer.keeps_alive is kept


def test_the_answer_to_head_has_no_body_whatever_its_length_says():
    answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD")
    assert answer.done
    assert answer.body() == b""
    assert answer.keeps_alive


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_ends_with_its_head(status):
    assert read(b"HTTP/1.1 %d X\r\n\r\n" % status).done


def test_an_unasked_change_of_protocol_is_an_answer_and_ends_the_connection():
    answer = read(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nwhatever")
    assert answer.done
    assert answer.status == 101
    assert not answer.keeps_alive


def test_an_offer_to_upgrade_is_no_upgrade():
    answer = read(b"HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2,h2c\r\nContent-Length: 2\r\n\r\n{}")
    assert answer.done
    assert answer.body() == b"{}"
