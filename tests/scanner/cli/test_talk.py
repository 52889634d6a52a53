import json
import logging

import pytest
import structlog

from scanner.cli.talk import LogFormat, Talk
from scanner.cli.terminal import printable
from scanner.model.secret import Secret

CANARY = "c4n4ry-t0ken"


@pytest.fixture
def talk(posture):
    """`posture` puts logging back afterwards."""
    talk = Talk()
    talk.redactor.learn(Secret(CANARY))
    return talk


def said(capfd) -> str:
    out, err = capfd.readouterr()
    assert out == ""
    return str(err)


@pytest.mark.parametrize("log_format", LogFormat)
def test_a_secret_is_masked_wherever_it_stands(talk, capfd, log_format):
    talk.log_format = log_format
    talk.set_up()
    log = structlog.get_logger("scanner.test")
    event = f"event {CANARY}"
    log.info(event, value=CANARY, nested={"a": [CANARY]}, number=1)
    logging.getLogger("aiohttp").error("%s happened", CANARY)
    try:
        raise ValueError(CANARY)  # noqa: TRY301 - the traceback is what is tested
    except ValueError:
        log.exception("failed")
    text = said(capfd)
    assert CANARY not in text
    assert text.count("[redacted]") == 5


def test_json_lines_are_whole_objects(talk, capfd):
    talk.log_format = LogFormat.JSON
    talk.set_up()
    structlog.get_logger("scanner.test").info("probe finished", probe="tls", seconds=1.5, ok=True)
    line = json.loads(said(capfd))
    assert (line["event"], line["probe"], line["seconds"], line["ok"], line["level"]) == (
        "probe finished",
        "tls",
        1.5,
        True,
        "info",
    )


@pytest.mark.parametrize("verbosity,heard", [(-1, "e"), (0, "iwe"), (1, "diwe"), (2, "diwe")])
def test_verbosity_decides_what_is_heard(talk, capfd, verbosity, heard):
    talk.verbosity = verbosity
    talk.set_up()
    log = structlog.get_logger("scanner.test")
    log.debug("level-d")
    log.info("level-i")
    log.warning("level-w")
    log.error("level-e")
    text = said(capfd)
    assert "".join(level for level in "diwe" if f"level-{level}" in text) == heard


def test_libraries_are_heard_only_when_they_fail_or_with_vv(talk, capfd):
    talk.set_up()
    logging.getLogger("botocore").info("chatter")
    logging.getLogger("botocore").error("trouble")
    assert "chatter" not in said(capfd)
    talk.verbosity = 2
    talk.set_up()
    logging.getLogger("botocore").info("chatter")
    assert "chatter" in said(capfd)


def test_nothing_is_coloured_off_a_terminal(talk, capfd):
    talk.set_up()
    structlog.get_logger("scanner.test").warning("plain", a="b")
    assert "\x1b" not in said(capfd)


def test_a_target_cannot_move_the_cursor(talk, capfd):
    talk.set_up()
    structlog.get_logger("scanner.test").info("seen", server="\x1b[2Jevil\u202egnp.exe\r")
    text = said(capfd)
    assert "\x1b" not in text
    assert "\\x1b[2Jevil\\u202egnp.exe\\r" in text.replace("\\\\", "\\")


def test_printable_keeps_letters_lines_and_tabs():
    assert printable("Grüße\n\tZoë €") == "Grüße\n\tZoë €"
    assert printable("a\u2028b\x07") == "a\\u2028b\\x07"
