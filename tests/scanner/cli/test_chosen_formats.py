import pytest

from reports.formats import Format
from scanner.cli import chosen_formats
from scanner.cli.chosen_formats import account_of, chosen
from scanner.errors import UsageError


def test_a_format_named_twice_is_written_once():
    assert chosen(("sarif", "html", "sarif")) == (Format.SARIF, Format.HTML)


def test_pdf_without_weasyprint_is_refused_before_the_scan_with_what_to_install(monkeypatch):
    monkeypatch.setattr(chosen_formats, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="WeasyPrint") as refused:
        chosen(("pdf",))
    assert "ocpi-posture[pdf]" in str(refused.value.hint)


def test_asff_without_an_account_is_refused_before_the_scan_with_the_command_that_knows_it():
    with pytest.raises(UsageError, match="AWS account and region") as refused:
        chosen(("asff",))
    assert "--aws-account" in str(refused.value.hint)
    assert chosen(("asff",), account_of("123456789012", "eu-west-1")) == (Format.ASFF,)


@pytest.mark.parametrize(
    "account, region, says",
    [
        ("123456789012", None, "go together"),
        (None, "eu-west-1", "go together"),
        ("12345", "eu-west-1", "twelve digits"),
        ("123456789012", "Frankfurt", "looks like eu-west-1"),
    ],
)
def test_an_account_that_is_none_is_refused_with_what_one_looks_like(account, region, says):
    with pytest.raises(UsageError, match=says) as refused:
        account_of(account, region)
    assert "--aws-region eu-west-1" in str(refused.value.hint)
