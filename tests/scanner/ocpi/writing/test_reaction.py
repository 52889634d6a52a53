"""HTTP and OCPI status together say how a write was taken."""

import json

import pytest

from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.ocpi.writing.reaction import Said, reaction


def _answered(status, ocpi=None, body=None):
    content = body if body is not None else json.dumps({"status_code": ocpi}).encode() if ocpi else b""
    return Exchange(
        method="PUT",
        url="https://cpo.example/x",
        request_headers=(),
        request_body=b"{}",
        status=status,
        headers=(),
        body=content,
        truncated=False,
        elapsed_s=0.1,
        peer="192.0.2.1",
    )


@pytest.mark.parametrize(
    "status, ocpi, said",
    [
        (200, 1000, Said.ACCEPTED),
        (201, None, Said.ACCEPTED),
        (200, 2001, Said.REFUSED),
        (400, 2001, Said.REFUSED),
        (422, None, Said.REFUSED),
        (415, None, Said.REFUSED),
        (400, 1000, Said.OTHER_STATUS),
        (401, None, Said.OTHER_STATUS),
        (404, 2003, Said.OTHER_STATUS),
        (301, None, Said.OTHER_STATUS),
        (200, 3000, Said.SERVER_ERROR),
        (500, None, Said.SERVER_ERROR),
        (503, 2000, Said.SERVER_ERROR),
        (429, None, Said.NOT_SENT),
    ],
)
def test_the_statuses_are_read_together(status, ocpi, said):
    assert reaction(_answered(status, ocpi)).said is said


def test_a_body_that_is_not_in_the_response_format_leaves_the_http_status_alone():
    for body in (b"<html>", b"[1]", b'{"status_code": true}', b"[" * 100_000):
        assert reaction(_answered(200, body=body)).said is Said.ACCEPTED
        assert reaction(_answered(200, body=body)).ocpi_status is None


def test_silence_a_cut_line_and_our_own_refusal_are_told_apart():
    def failed(kind):
        return Failed(kind=kind, detail="-", method="PUT", url="https://cpo.example/x")

    assert reaction(failed(FailureKind.TIMEOUT)).said is Said.HUNG
    assert reaction(failed(FailureKind.RESET)).said is Said.DROPPED
    assert reaction(Refused(kind=RefusalKind.BUDGET, detail="used up")).said is Said.NOT_SENT
