"""The history of an environment's scans between two tasks: one object of the evidence bucket, each version locked.

Without it nothing could be told: what is new, fixed or gone is a comparison with the scan before, and word that nobody
took yet waits in its outbox. Two tasks may end at once (the weekly one, and one after a deployment), so it is written
only over the version that was read; whoever comes second reads again and adds its run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_TRIES: Final = 5
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class NotKept(Exception):
    """The history is where it was before; the text says why."""


class KeptHistory:
    """`client` is boto3's of S3; `file` is where the configuration has the history."""

    def __init__(self, client: Any, bucket: str, environment: str, file: Path) -> None:  # noqa: ANN401 - boto3's
        self._client = client
        self._bucket = bucket
        self._key = f"history/{environment}.sqlite3"  # beside the packs, whose age is watched by their prefix
        self._file = file
        self._read: str | None = None  # the version that `file` began as

    def fetch(self) -> None:
        """Put the newest version at its place; nothing happens before the first scan. Raises: NotKept."""
        self._read = None
        try:
            # listed, not just asked for: without the right to list everything, what is not there looks like a refusal
            found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._key).get("Contents", [])
            if self._key in {one["Key"] for one in found}:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key)
                self._file.write_bytes(answer["Body"].read())
                self._read = answer["ETag"]
        except self._client.exceptions.ClientError as error:
            raise NotKept(error.response["Error"]["Code"]) from None

    def keep(self, add_run: Callable[[], bool]) -> None:
        """Write it back. `add_run` puts this scan's run into the file that somebody else has changed meanwhile.

        Raises: NotKept.
        """
        for _ in range(_TRIES):
            if self._put():
                return
            self._file.unlink(missing_ok=True)
            self.fetch()
            if not add_run():
                raise NotKept("the run could not be added to the history that another scan has kept")
        raise NotKept(f"{_TRIES} times another scan kept its history first")

    def _put(self) -> bool:
        """False: it is no longer the version that was read."""
        over = {"IfNoneMatch": "*"} if self._read is None else {"IfMatch": self._read}
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._key, Body=self._file.read_bytes(), **over)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise NotKept(error.response["Error"]["Code"]) from None
        return True
