"""Run a command line in this process, and put everything it set up back."""

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import structlog

from scanner.cli.entry import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    code: int
    stdout: str
    stderr: str


Posture = Callable[..., Ended]


@pytest.fixture
def posture(capfd, monkeypatch, tmp_path) -> Iterator[Posture]:
    """`posture("scan", ...)` in an empty working directory, without the caller's environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "OCPI_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    before = logging.root.handlers[:], logging.root.level

    def posture(*arguments: object) -> Ended:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code=code, stdout=out, stderr=err)

    with warnings.catch_warnings():
        yield posture
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    logging.root.handlers[:], level = before
    logging.root.setLevel(level)
