"""Requests in which a token is nearly right, stands elsewhere, or comes twice: what the faults of tokens change."""

import base64
import http.client
import secrets
from contextlib import closing

from tests.infra.service.exchange_client import CPO
from tests.targets.reference_service import RunningService

LIST = f"{CPO}/tariffs"
TIMES_IN_A_ROW = 60  # more wrong tokens than an address may try
Headers = list[tuple[str, str]]
Answer = tuple[int, str]  # HTTP status; the OCPI status message, for answers that are not 200


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def bearing(token: str) -> Headers:
    return [("Authorization", f"Token {encoded(token)}")]


def asked(service: RunningService, *messages: Headers) -> list[Answer]:
    """The list of tariffs, asked for with each of these headers in turn on one connection."""
    context = service.client_context()
    with closing(http.client.HTTPSConnection(service.host, service.port, context=context, timeout=60)) as connection:
        return [_answer(connection, headers) for headers in messages]


def _answer(connection: http.client.HTTPSConnection, headers: Headers) -> Answer:
    connection.putrequest("GET", LIST)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode()
    return response.status, "" if response.status == http.HTTPStatus.OK else _without_time(body)


def _without_time(body: str) -> str:
    return body.partition('"timestamp"')[0]


def token_questions(service: RunningService) -> dict[str, Answer]:
    """The answers by name. The partner is let in first, so that a fault can know the token."""
    token, wrong = service.tokens["emsp-a"], secrets.token_urlsafe(len(service.tokens["emsp-a"]))
    right = encoded(token)
    (let_in,) = asked(service, bearing(token))
    nearly_right = token[:-1] + ("x" if token[-1] != "x" else "y")
    repeated = ("X-Request-ID", "message-0001")
    of_another = [("OCPI-from-country-code", "FR"), ("OCPI-from-party-id", "RLN")]
    alone = {
        "more behind the token": bearing(f"{token}x"),
        "other case": bearing(token.swapcase()),
        "line end": bearing(f"{token}\n"),
        "raw": [("Authorization", f"Token {token}")],
        "right and wrong header": [*bearing(token), *bearing(wrong)],
        "wrong and right header": [*bearing(wrong), *bearing(token)],
        "no scheme": [("Authorization", right)],
        "basic": [("Authorization", f"Basic {right}")],
        "cookie": [("Cookie", f"token={right}")],
        "nearly right": bearing(nearly_right),
        "wrong": bearing(wrong),
        "of the installation": bearing("changeme"),
        "another's party": [*bearing(token), *of_another],
    }
    answers = {"right": let_in} | {name: asked(service, headers)[0] for name, headers in alone.items()}
    answers["none, behind the right one"] = asked(service, bearing(token), [])[-1]
    answers["repeated message"] = asked(service, [*bearing(token), repeated], [*bearing(token), repeated])[-1]
    answers["after many wrong ones"] = asked(service, *[bearing(wrong)] * TIMES_IN_A_ROW)[-1]
    return answers
