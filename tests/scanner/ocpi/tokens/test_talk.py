from scanner.ocpi.reply import read_reply
from scanner.ocpi.tokens.talk import Talk
from tests.scanner.ocpi.exchanges import answered


def test_what_an_answer_says_is_in_the_evidence_where_its_body_is_not():
    talk = Talk(title="the same message twice")
    talk.heard("the first time", read_reply(answered([{"uid": "of-a-driver"}])))
    (said,) = talk.said
    assert isinstance(said, dict)
    assert said["answer"] == "HTTP 200, OCPI status 1000"
    assert "of-a-driver" not in str(said)
