from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.service_on_lambda.gateway_event import answer, scope_of


def event(**changes: Any) -> dict[str, Any]:
    return {
        "httpMethod": "GET", "path": "/ocpi/versions", "multiValueHeaders": {"Authorization": ["Token abc"]},
        "multiValueQueryStringParameters": None, "body": None, "isBase64Encoded": False,
        "requestContext": {"requestId": "r-1", "domainName": "ocpi.example.com", "identity": {"sourceIp": "192.0.2.1"}},
        **changes,
    }  # fmt: skip


async def echo(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope, receive)
    seen = {
        "method": request.method,
        "path": request.url.path,
        "query": request.query_params.multi_items(),
        "headers": request.headers.items(),
        "body": (await request.body()).decode(),
        "client": request.client.host if request.client else None,
    }
    response = JSONResponse(seen, headers={"X-Total-Count": "3"})
    response.headers.append("Link", "<a>")
    response.headers.append("Link", "<b>")
    await response(scope, receive, send)


def call(**changes: Any) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(asyncio.run(answer(echo, event(**changes)))["body"])
    return seen


def test_method_path_headers_and_address_arrive():
    seen = call()
    assert (seen["method"], seen["path"], seen["client"]) == ("GET", "/ocpi/versions", "192.0.2.1")
    assert seen["headers"] == [["authorization", "Token abc"]]


def test_repeated_headers_and_parameters_stay_repeated():
    seen = call(
        multiValueHeaders={"Authorization": ["Token a", "Token b"]},
        multiValueQueryStringParameters={"offset": ["0", "1"], "date_from": ["2026-01-01T00:00:00+01:00"]},
    )
    assert seen["headers"] == [["authorization", "Token a"], ["authorization", "Token b"]]
    assert seen["query"] == [["offset", "0"], ["offset", "1"], ["date_from", "2026-01-01T00:00:00+01:00"]]


@pytest.mark.parametrize("path", ["/ocpi/a b", "/ocpi/ä", "/ocpi/100%", "/ocpi/a?b", "/ocpi/a#b"])
def test_decoded_paths_are_encoded_again(path):
    scope = scope_of(event(path=path))
    assert scope["path"] == path
    assert scope["raw_path"].isascii()
    assert not set(b" ?#") & set(scope["raw_path"])


@pytest.mark.parametrize(
    "body, is_base64", [('{"id": "ä"}', False), (base64.b64encode('{"id": "ä"}'.encode()).decode(), True)]
)
def test_bodies_arrive_as_bytes_however_the_gateway_wraps_them(body, is_base64):
    assert call(httpMethod="PUT", body=body, isBase64Encoded=is_base64)["body"] == '{"id": "ä"}'


def test_the_answer_keeps_status_and_every_header():
    found = asyncio.run(answer(echo, event()))
    assert found["statusCode"] == 200
    assert found["multiValueHeaders"]["x-total-count"] == ["3"]
    assert found["multiValueHeaders"]["link"] == ["<a>", "<b>"]
    assert found["isBase64Encoded"] is False


def test_an_answer_that_is_not_text_goes_as_base64():
    found = asyncio.run(answer(Response(b"\xff\x00", status_code=206), event()))
    assert (found["statusCode"], found["isBase64Encoded"]) == (206, True)
    assert base64.b64decode(found["body"]) == b"\xff\x00"


def test_a_service_that_does_not_answer_is_an_error():
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"

    with pytest.raises(RuntimeError, match="did not answer"):
        asyncio.run(answer(silent, event()))
