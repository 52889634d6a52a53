"""The formats that were asked for, and whether this machine can write them: known before a scan begins."""

from collections.abc import Iterable
from importlib.util import find_spec

from reports.formats import Format
from reports.model.aws_account import AwsAccount
from scanner.errors import UsageError

_ASFF = "ocpi-posture report RUN --format asff --aws-account 123456789012 --aws-region eu-west-1"


def chosen(names: Iterable[str], account: AwsAccount | None = None) -> tuple[Format, ...]:
    """Each once, in the order in which they were named.

    Raises: UsageError for PDF where WeasyPrint is not installed, and for ASFF without an account.
    """
    formats = tuple(dict.fromkeys(Format(name) for name in names))
    if Format.PDF in formats and find_spec("weasyprint") is None:
        raise UsageError("PDF needs WeasyPrint, which is not installed.", "pip install 'ocpi-posture[pdf]'")
    if Format.ASFF in formats and account is None:
        raise UsageError(
            "ASFF names the AWS account and region that it is imported into, and no run knows them.", _ASFF
        )
    return formats


def account_of(account: str | None, region: str | None) -> AwsAccount | None:
    """The account that options name; None without any.

    Raises: UsageError for one without the other, and for what is none.
    """
    if account is None and region is None:
        return None
    if account is None or region is None:
        raise UsageError("--aws-account and --aws-region go together.", _ASFF)
    try:
        return AwsAccount(account=account, region=region)
    except ValueError as error:
        raise UsageError(f"{str(error)[:1].upper()}{str(error)[1:]}.", _ASFF) from None


def purposes() -> str:
    """What each format is for, for `--help`."""
    return "; ".join(f"{format_}: {format_.purpose}" for format_ in Format)
