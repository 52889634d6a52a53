"""What a target said is masked in a posture; what names our own checks and rows is not."""

from scanner.cli.judging import masked
from scanner.gate.redaction import Redactor
from scanner.model.secret import Secret


def test_the_id_of_a_check_stays_even_where_it_ends_like_a_secret_begins():
    redactor = Redactor([Secret("updates-of-nobody-3f1c")])
    finding = {"check": "ocpi-transition-older-update", "controls": ["OCPI-update"], "message": "says update"}
    assert masked(finding, redactor) == {**finding, "message": "says [redacted]"}


def test_a_method_stays_readable_where_a_secret_begins_alike():
    redactor = Redactor([Secret("deleted-and-never-forgotten")])
    entry = {"access": [{"method": "DELETE", "said": "we DELETE"}]}
    assert masked(entry, redactor) == {"access": [{"method": "DELETE", "said": "we [redacted]"}]}
