import json

import pytest

from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.facts.ocpi.contract import Conduct
from scanner.model.observation import Reason
from scanner.ocpi.contract.asking import Question, came

DATA = {"status_code": 1000, "data": {"id": "LOC1", "country_code": "NL", "party_id": "TNM"}}
URL = "https://ocpi.example/ocpi/2.2.1/locations"


def asked(*, sure=True):
    return Question(method="GET", url=URL, effect=Effect.READ, purpose="a question", sure=sure)


def answered(status, document=None, body=None):
    whole = json.dumps(document).encode() if document is not None else body or b""
    return Exchange(
        method="GET",
        url=URL,
        request_headers=(),
        request_body=body,
        status=status,
        headers=(("Content-Type", "application/json"),),
        body=whole,
        truncated=False,
        elapsed_s=0.01,
        peer="127.0.0.1",
    )


@pytest.mark.parametrize(
    "status, document, sure, conduct",
    [
        (200, DATA, True, Conduct.WORKED),
        (403, DATA, True, Conduct.WORKED),  # the data counts, whatever the status beside it
        (200, {"status_code": 1000, "data": []}, True, Conduct.ACCEPTED),
        (204, None, True, Conduct.ACCEPTED),
        (200, {"status_code": 1000, "data": {"result": "NOT_SUPPORTED", "timeout": 0}}, False, Conduct.NOTHING_THERE),
        (200, {"status_code": 1000, "data": {"result": "REJECTED", "timeout": 0}}, False, Conduct.WORKED),
        (401, None, True, Conduct.REFUSED),
        (403, {"status_code": 2000}, False, Conduct.REFUSED),
        (405, None, False, Conduct.REFUSED),
        (404, None, True, Conduct.REFUSED),
        (404, {"status_code": 2003}, False, Conduct.NOTHING_THERE),
        (200, {"status_code": 2003}, True, Conduct.REFUSED),
        (200, {"status_code": 2003}, False, Conduct.NOTHING_THERE),
        (400, None, True, Conduct.REFUSED_OTHERWISE),
        (422, {"status_code": 2001}, False, Conduct.REFUSED_OTHERWISE),
        (500, None, True, Conduct.BROKEN),
        (200, {"status_code": 3000}, True, Conduct.BROKEN),
        (429, None, True, Conduct.BROKEN),
    ],
)
def test_an_answer_is_read_by_what_it_gives_then_by_what_it_says(status, document, sure, conduct):
    assert came(answered(status, document), asked(sure=sure)).conduct is conduct


def test_a_request_that_the_gate_kept_back_was_not_asked():
    kept = came(Refused(kind=RefusalKind.NOT_ALLOWED, detail="lasting needs allow"), asked())
    assert (kept.conduct, kept.reason) == (Conduct.NOT_ASKED, Reason.NOT_PERMITTED)


def test_a_request_without_a_whole_answer_failed():
    failed = Failed(kind=FailureKind.TIMEOUT, detail="5 s", method="GET", url=URL)
    assert (came(failed, asked()).conduct, came(failed, asked()).reason) == (Conduct.BROKEN, Reason.TIMED_OUT)


def test_a_long_body_is_taken_from_a_file_in_the_command():
    line = came(answered(403, body=b"x" * 5000), asked()).curl
    assert "@object.json" in line
    assert len(line) < 1000
