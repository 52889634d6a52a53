import pytest

from scanner.model.exchange import Exchange
from scanner.ocpi.reply import read_reply
from scanner.ocpi.tokens.wording import wording


def refusal(*names):
    return wording(
        read_reply(
            Exchange(
                method="GET",
                url="https://host/ocpi/versions",
                request_headers=(),
                request_body=None,
                status=401,
                headers=tuple((name, "x") for name in ("Content-Type", *names)),
                body=b'{"status_code":2001}',
                truncated=False,
                elapsed_s=0.1,
                peer="127.0.0.1",
            )
        )
    )


@pytest.mark.parametrize("names", [("Connection",), ("Keep-Alive",), ("Transfer-Encoding", "Trailer"), ("DATE",)])
def test_a_connection_that_ends_is_no_other_refusal(names):
    assert refusal(*names) == refusal("Content-Length")


def test_a_header_of_the_platform_is():
    assert refusal("X-Known-Partner") != refusal()
