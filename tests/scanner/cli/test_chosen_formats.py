import pytest

from reports.formats import Format
from scanner.cli import chosen_formats
from scanner.cli.chosen_formats import chosen
from scanner.errors import UsageError


def test_a_format_named_twice_is_written_once():
    assert chosen(("sarif", "html", "sarif")) == (Format.SARIF, Format.HTML)


def test_pdf_without_weasyprint_is_refused_before_the_scan_with_what_to_install(monkeypatch):
    monkeypatch.setattr(chosen_formats, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="WeasyPrint") as refused:
        chosen(("pdf",))
    assert "ocpi-posture[pdf]" in str(refused.value.hint)
