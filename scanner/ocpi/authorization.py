"""Which form of the token a platform takes, found out by asking and then remembered.

2.2 and later say Base64, 2.1.1 raw; the specification's own sample decodes to a token that ends in a newline
(transport_and_format: authorization header).
"""

from typing import Final

from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.versions import AuthorizationForm
from scanner.model.intent import IdentityCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.reply import NoReply, Reply

_FORMS: Final = (TokenEncoding.BASE64, TokenEncoding.RAW, TokenEncoding.BASE64_NEWLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """The reply to the form that was taken (or to the first that was tried), and the form, if one was taken."""

    reply: Reply | NoReply
    form: AuthorizationForm | None


def forms(version: str | None = None, known: TokenEncoding | None = None) -> tuple[TokenEncoding, ...]:
    """In which order to try: what was taken before, then what the version specifies."""
    before_2_2 = version is not None and version.startswith(("2.0", "2.1"))
    first = known or (TokenEncoding.RAW if before_2_2 else TokenEncoding.BASE64)
    return (first, *(form for form in _FORMS if form is not first))


async def get_authorized(
    client: OcpiClient, url: str, wanted: str, identity: str, order: tuple[TokenEncoding, ...]
) -> Authorized:
    """GET with each form in turn until one gives data.

    Another form is tried only where this one was refused: no reply, a redirect elsewhere, a server error or a page
    that is not JSON says nothing about the token.
    """
    first, *others = order
    reply = await _get(client, url, wanted, identity, first)
    if _taken(reply):
        return Authorized(reply=reply, form=AuthorizationForm(encoding=first, refused=()))
    tried = [first]
    for encoding in others if _refused(reply) else ():
        again = await _get(client, url, wanted, identity, encoding)
        if _taken(again):
            return Authorized(reply=again, form=AuthorizationForm(encoding=encoding, refused=tuple(tried)))
        if not _refused(again):
            break
        tried.append(encoding)
    return Authorized(reply=reply, form=None)


async def _get(client: OcpiClient, url: str, wanted: str, identity: str, encoding: TokenEncoding) -> Reply | NoReply:
    return await client.get(url, wanted, IdentityCredential(identity=identity, encoding=encoding))


def _taken(reply: Reply | NoReply) -> bool:
    return isinstance(reply, Reply) and reply.access is Access.DATA


def _refused(reply: Reply | NoReply) -> bool:
    return (
        isinstance(reply, Reply)
        and reply.access is Access.REFUSED
        and reply.refused_redirect is None
        and (reply.is_json or reply.exchange.status >= 400)  # noqa: PLR2004 - client error (RFC 9110, 15.5)
    )
