import pytest

from scanner.model.exchange import Failed, FailureKind, RefusalKind, Refused
from scanner.model.observation import Reason
from scanner.tls.hsts import hsts_policy, parse_hsts
from scanner.tls.sslyze_document import NoAnswer


@pytest.mark.parametrize(
    "header, max_age_s, include_subdomains",
    [
        ("max-age=31536000", 31_536_000, False),
        ('Max-Age="300" ; includeSubDomains', 300, True),
        ("includeSubDomains; preload; max-age=0", 0, True),
        ("max-age=1; max-age=2", None, False),
        ("max-age=-5", None, False),
        ("max-age=9999999999999999999999", None, False),
        ("max-age=١٢", None, False),
        ("includeSubDomains", None, True),
        ("", None, False),
    ],
)
def test_a_header_is_read_as_rfc_6797_says(header, max_age_s, include_subdomains):
    policy = parse_hsts(header, 200)
    assert (policy.max_age_s, policy.include_subdomains) == (max_age_s, include_subdomains)


def test_a_missing_header_is_a_fact():
    assert parse_hsts(None, 401).header is None


@pytest.mark.parametrize(
    "outcome, reason",
    [
        (Failed(kind=FailureKind.TLS, detail="x", method="GET", url="https://h/"), Reason.UNREACHABLE),
        (Failed(kind=FailureKind.TIMEOUT, detail="x", method="GET", url="https://h/"), Reason.TIMED_OUT),
        (Refused(kind=RefusalKind.BUDGET, detail="x"), Reason.BUDGET_EXHAUSTED),
        (Refused(kind=RefusalKind.STOPPED, detail="x"), Reason.STOPPED),
        (Refused(kind=RefusalKind.OUT_OF_SCOPE, detail="x"), Reason.NOT_PERMITTED),
    ],
)
def test_no_answer_is_not_a_missing_header(outcome, reason):
    with pytest.raises(NoAnswer) as caught:
        hsts_policy(outcome)
    assert caught.value.reason is reason
