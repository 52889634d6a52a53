"""Read-only calls to AWS: the operation is held against a list before the request is signed."""

import asyncio
from collections.abc import Callable
from typing import Any

from scanner.gate.aws_reads import is_read
from scanner.model.intent import AwsIntent
from scanner.model.late_dataclass import dataclass

_ROLE_SESSION = "ocpi-posture"


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


class ReadOnlyAwsClient:
    """One service in one region. It connects with its first call; the SDK's own retries are bounded."""

    def __init__(self, intent: AwsIntent, journal: Callable[[str], object]) -> None:
        self._intent = intent
        self._journal = journal
        self._client: Any = None

    async def call(self, operation: str, **parameters: object) -> AwsAnswer | AwsFailure:
        """Call one operation by its API name (`GetWebACL`).

        Raises: PermissionError if the operation is not on the list of reads: that is a bug of the probe.
        """
        service = self._intent.service
        if not is_read(service, operation):
            raise PermissionError(f"{service}:{operation} is not one of the reads that a scan may call")
        self._journal(f"{service}:{operation}")
        return await asyncio.to_thread(self._call, operation, parameters)

    def _call(self, operation: str, parameters: dict[str, object]) -> AwsAnswer | AwsFailure:
        # The SDK takes half a second to load, and most scans do not look at an account.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._client = self._client or self._connect()
            members = self._client._make_api_call(operation, parameters)  # noqa: SLF001 - the one entry that takes API names
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            denied = code in {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
            permission = f"{self._intent.service}:{error.operation_name}" if denied else None
            return AwsFailure(operation=operation, code=code, detail=str(error), missing_permission=permission)
        except (BotoCoreError, OSError) as error:
            return AwsFailure(operation=operation, code=type(error).__name__, detail=str(error))
        return AwsAnswer(operation=operation, members=members)

    def _connect(self) -> Any:  # noqa: ANN401 - the SDK makes its clients at run time
        import boto3  # noqa: PLC0415 - as above
        from botocore.config import Config  # noqa: PLC0415 - as above

        session: Any = boto3.Session(profile_name=self._intent.profile, region_name=self._intent.region)
        if role := self._intent.role_arn:
            self._journal("sts:AssumeRole")
            granted = session.client("sts").assume_role(RoleArn=role, RoleSessionName=_ROLE_SESSION)["Credentials"]
            session = boto3.Session(
                aws_access_key_id=granted["AccessKeyId"],
                aws_secret_access_key=granted["SecretAccessKey"],
                aws_session_token=granted["SessionToken"],
                region_name=self._intent.region,
            )
        bounded = Config(retries={"max_attempts": 4, "mode": "standard"}, read_timeout=20, connect_timeout=10)
        return session.client(self._intent.service, config=bounded)
