"""Exchanges for tests of what is read from them."""

import json
from typing import Any

from scanner.model.exchange import Exchange


def answered(data: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
    """A GET of https://h/cdrs that was answered with data in the response format."""
    return Exchange(
        method="GET",
        url="https://h/cdrs",
        request_headers=(),
        request_body=None,
        status=status,
        headers=headers,
        body=json.dumps({"status_code": 1000, "data": data}).encode(),
        truncated=False,
        elapsed_s=0.0,
        peer="127.0.0.1",
    )
