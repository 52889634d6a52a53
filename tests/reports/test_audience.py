"""What a partner must not see is in no format."""

import io

import pytest
from pypdf import PdfReader

from reports.formats import Format, render
from reports.model.audience import edition
from reports.model.aws_account import AwsAccount
from reports.model.posture import Audience
from reports.terminal import render_terminal
from tests.reports.canaries import CANARIES, canary_posture

ACCOUNT = AwsAccount(account="210987654321", region="eu-west-1")
NOT_FOR_PARTNERS = {Format.HAR, Format.LOAD}  # they are made of more than the posture; the command line refuses both


def text_of(posture, kind) -> str:
    content = render(posture, kind, account=ACCOUNT)
    if kind is not Format.PDF:
        return content.decode()
    reader = PdfReader(io.BytesIO(content))
    return "\n".join((*(page.extract_text() for page in reader.pages), str(reader.metadata)))


def told(text) -> set[str]:
    return {canary for canary in CANARIES if canary.lower() in text.lower()}


@pytest.mark.parametrize("kind", [kind for kind in Format if kind not in NOT_FOR_PARTNERS])
def test_no_canary_reaches_a_partner_in(kind):
    text = text_of(edition(canary_posture(), Audience.PARTNER), kind)
    assert not told(text)
    assert len(text) > 500


def test_no_canary_reaches_a_partner_at_a_terminal():
    text = render_terminal(edition(canary_posture(), Audience.PARTNER), width=200)
    assert not told(text)
    assert "edition for partners" in " ".join(text.split())


def test_the_record_of_the_operator_has_every_one():
    assert told(text_of(canary_posture(), Format.JSON)) == set(CANARIES)
