"""Read-only calls to AWS: the operation's name is judged before the request is signed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import boto3
import botocore.config
import botocore.exceptions

from scanner.model.intent import AwsIntent

_READS: Final = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Simulate")
_SECRET_READS: Final = frozenset(
    {"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath", "GetObject",
     "GetItem", "BatchGetItem", "GetAuthorizationToken", "GetSessionToken", "GetFederationToken", "GetRecords"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAnswer:
    """The members of a successful answer."""

    operation: str
    members: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsFailure:
    """No answer: `missing_permission` names the IAM action where access was denied."""

    operation: str
    code: str
    detail: str
    missing_permission: str | None = None


def is_read(operation: str) -> bool:
    """True for operations that change nothing and hand out no secret or record content."""
    return operation.startswith(_READS) and operation not in _SECRET_READS


class ReadOnlyAwsClient:
    """One service in one region. Refuses by name what is not a read; the SDK's own retries are bounded."""

    def __init__(self, intent: AwsIntent, journal: Callable[[str], object]) -> None:
        session = boto3.Session(profile_name=intent.profile, region_name=intent.region)
        if intent.role_arn:
            session = _assumed(session, intent.role_arn, intent.region)
        bounded = botocore.config.Config(
            retries={"max_attempts": 4, "mode": "standard"}, read_timeout=20, connect_timeout=10
        )
        self._client: Any = cast("Any", session).client(intent.service, config=bounded)
        self._service = intent.service
        self._journal = journal

    async def call(self, operation: str, **parameters: object) -> AwsAnswer | AwsFailure:
        """Call one operation by its API name (`GetWebACL`).

        Raises: PermissionError if the operation is not a read: that is a bug of the probe.
        """
        if not is_read(operation):
            raise PermissionError(f"{self._service}:{operation} is not a read")
        self._journal(f"{self._service}:{operation}")
        return await asyncio.to_thread(self._call, operation, parameters)

    def _call(self, operation: str, parameters: dict[str, object]) -> AwsAnswer | AwsFailure:
        try:
            members = self._client._make_api_call(operation, parameters)  # noqa: SLF001 - the one entry that takes API names
        except botocore.exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            denied = code in {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
            permission = f"{self._service}:{operation}" if denied else None
            return AwsFailure(operation=operation, code=code, detail=str(error), missing_permission=permission)
        except (botocore.exceptions.BotoCoreError, OSError) as error:
            return AwsFailure(operation=operation, code=type(error).__name__, detail=str(error))
        return AwsAnswer(operation=operation, members=members)


def _assumed(session: boto3.Session, role_arn: str, region: str) -> boto3.Session:
    granted = session.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="ocpi-posture")["Credentials"]
    return boto3.Session(
        aws_access_key_id=granted["AccessKeyId"],
        aws_secret_access_key=granted["SecretAccessKey"],
        aws_session_token=granted["SessionToken"],
        region_name=region,
    )
