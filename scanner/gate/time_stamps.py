"""The way to a time stamp authority (RFC 3161, section 3.4): one small POST to the URL that the user has named.

It is not part of a scan and goes past the gate's decisions, which are about targets: see docs/decisions. What bounds it
is here: no credentials, no redirect, ten seconds, 64 KiB of answer, and nothing in the question but a hash and a nonce.
"""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

_SECONDS: Final = 10
_MOST_BYTES: Final = 64 << 10
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_OK: Final = 200


class NoTimeStamp(Exception):
    """The authority gave no answer; the text says why."""


async def ask_authority(url: str, question: bytes) -> bytes:
    """The answer to a time stamp request, unread; plain http is usual and harmless, as the answer is signed.

    Raises: NoTimeStamp.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NoTimeStamp("its URL is not one of http or https")
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_SECONDS)) as session,
            session.post(url, data=question, headers={"Content-Type": _QUERY}, allow_redirects=False) as response,
        ):
            if response.status != _OK or response.content_type != _REPLY:
                raise NoTimeStamp(f"it answered {response.status} with {response.content_type[:60]!a}")
            answer = await response.content.read(_MOST_BYTES + 1)
            while len(answer) <= _MOST_BYTES and (more := await response.content.read(_MOST_BYTES)):
                answer += more
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        raise NoTimeStamp(f"{type(error).__name__}: {error}"[:200]) from None
    if len(answer) > _MOST_BYTES:
        raise NoTimeStamp("its answer is longer than any time stamp")
    return answer
