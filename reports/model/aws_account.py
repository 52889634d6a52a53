"""The AWS account and region into which a posture is imported: a posture does not know them."""

import re
from typing import Final

from scanner.model.late_dataclass import dataclass

ACCOUNT: Final = re.compile(r"\d{12}")
REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
_PARTITIONS: Final = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-us-iso-b"),
    ("us-iso-", "aws-us-iso"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccount:
    """Twelve digits, and a region's name (`eu-west-1`); ValueError for anything else."""

    account: str
    region: str

    def __post_init__(self) -> None:
        if not ACCOUNT.fullmatch(self.account):
            raise ValueError(f"an AWS account is twelve digits, not {self.account[:40]!r}")
        if not REGION.fullmatch(self.region):
            raise ValueError(f"an AWS region looks like eu-west-1, not like {self.region[:40]!r}")

    @property
    def partition(self) -> str:
        """The partition of the region, as ARNs name it."""
        return next((partition for start, partition in _PARTITIONS if self.region.startswith(start)), "aws")
