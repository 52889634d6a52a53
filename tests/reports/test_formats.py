import pytest

from reports.formats import Format, NoAccount, render
from reports.model.aws_account import AwsAccount
from tests.reports.sample_posture import realistic

ACCOUNT = AwsAccount(account="123456789012", region="eu-west-1")


def test_every_kind_renders_and_has_a_file_and_a_purpose_of_its_own():
    posture = realistic()
    assert all(render(posture, kind, account=ACCOUNT) for kind in Format)
    assert len({kind.file_name for kind in Format}) == len(Format)
    assert len({kind.purpose for kind in Format}) == len(Format)


def test_asff_without_an_account_is_refused():
    with pytest.raises(NoAccount, match="AWS account and region"):
        render(realistic(), Format.ASFF)
