"""Functions, their libraries and who may call them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared

# What Lambda takes: a zip in the request, and all of a function unpacked (AWS Lambda quotas).
LARGEST_ZIP: Final = 50 * 1024 * 1024
LARGEST_UNPACKED: Final = 250 * 1024 * 1024


def archive(code: Mapping[str, Any]) -> bytes:
    """The zip of an archive of assets; stored rather than packed, which is quicker."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        for inside, path in _files(code):
            target.write(path, inside)
    content = written.getvalue()
    assert len(content) <= LARGEST_UNPACKED
    return content


def _files(code: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for inside, asset in code["assets"].items():
        path = Path(asset["path"])
        if path.is_dir():
            yield from ((f"{inside}/{file.relative_to(path)}", file) for file in path.rglob("*") if file.is_file())
        else:
            yield inside, path


def function(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    concurrency, content = declared.take("reservedConcurrentExecutions"), archive(declared.take("code"))
    into = {"name": "functionName", "kmsKeyArn": "KMSKeyArn"}
    tags = declared.tags
    inputs = {into.get(key, key): value for key, value in declared.rest().items()}
    made = aws.call("lambda", "CreateFunction", inputs, Code={"ZipFile": content}, Tags=tags)
    name, arn = made["FunctionName"], made["FunctionArn"]
    if concurrency is not None:
        at_once = int(concurrency)
        aws.call("lambda", "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=at_once)
    invoke = f"arn:aws:apigateway:{aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return name, {"arn": arn, "name": name, "invokeArn": invoke, "codeSha256": made["CodeSha256"]}


def layer(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    content = {"ZipFile": archive(declared.take("code"))}
    made = aws.call("lambda", "PublishLayerVersion", declared.rest(), Content=content)
    return made["LayerVersionArn"], {"arn": made["LayerVersionArn"], "layerArn": made["LayerArn"]}


def permission(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    statement = declared.take("statementId") or declared.physical_name
    aws.call(
        "lambda",
        "AddPermission",
        declared.some("action", "principal", "sourceArn", "sourceAccount"),
        FunctionName=declared.take("function"),
        StatementId=statement,
    )
    return statement, {}


KINDS = {
    "aws:lambda/function:Function": function,
    "aws:lambda/layerVersion:LayerVersion": layer,
    "aws:lambda/permission:Permission": permission,
}
