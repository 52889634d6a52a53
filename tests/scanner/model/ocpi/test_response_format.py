"""The OCPI status is read from whatever a platform calls JSON."""

import pytest

from scanner.model.ocpi.response_format import ocpi_status


@pytest.mark.parametrize(
    "body, status",
    [
        (b'{"status_code": 1000, "data": [{"a": {"status_code": 3000}}]}', 1000),
        (b'{"status_code": 2001, "data": NaN}', 2001),
        (b'{"status_code": 1000, "data": 1e400}', 1000),
        ('{"status_code": 2002}'.encode("utf-16"), 2002),
        (b'\xef\xbb\xbf{"status_code": 2003}', 2003),
        (b'{"status_code": 3000, "status_code": 1000}', 1000),
        (b'{"status_code": "1000"}', None),
        (b'{"status_code": true}', None),
        (b'{"status_code": 1000.0}', None),
        (b'{"status_code": null}', None),
        (b"[1000]", None),
        (b"{}", None),
        (b"", None),
        (b"<html>", None),
        (b"\xff\xfe\xfd", None),
        (b"[" * 200_000, None),
    ],
)
def test_the_status_is_an_integer_at_the_top_or_there_is_none(body, status):
    assert ocpi_status(body) == status
