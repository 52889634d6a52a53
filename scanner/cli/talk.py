"""How the program talks to people: logging, set up here and nowhere else. Everything passes the redactor first."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import structlog

from scanner.cli.terminal import printable, wants_colour
from scanner.gate.redaction import Redactor

Event = MutableMapping[str, Any]


class LogFormat(StrEnum):
    """Text for people, or one JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True)
class Talk:
    """What the flags said about talking; `redactor` learns every secret that is resolved."""

    log_format: LogFormat = LogFormat.TEXT
    verbosity: int = 0  # -1 quiet, 0 normal, 1 and more verbose
    redactor: Redactor = field(default_factory=Redactor)

    def set_up(self) -> None:
        """Point structlog and the standard library's logging at stderr; may be called again."""
        structlog.configure(
            processors=[*self._before(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            wrapper_class=structlog.make_filtering_bound_logger(self._level()),
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=False,
        )
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(self._formatter())
        borrowed = logging.DEBUG if self.verbosity > _OWN_LEVELS else logging.ERROR
        logging.basicConfig(handlers=[handler], level=borrowed, force=True)
        for name in ("scanner", "checks", "reports"):
            logging.getLogger(name).setLevel(self._level())
        logging.captureWarnings(capture=True)

    def error(self, message: str) -> None:
        """Say what ended the command; also when quiet."""
        message = printable(self.redactor.shown(message))
        if self.log_format is LogFormat.JSON:
            structlog.get_logger("scanner.cli").error(message)
        else:
            with suppress(OSError):  # nobody is left who could be told
                sys.stderr.write(f"{message}\n")

    def _level(self) -> int:
        return _LEVELS[max(-1, min(self.verbosity, 1))]

    def _before(self) -> list[structlog.types.Processor]:
        return [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            self._clock(),
            structlog.processors.format_exc_info,
            self._redact,
        ]

    def _clock(self) -> structlog.types.Processor:
        for_machines = self.log_format is LogFormat.JSON
        return structlog.processors.TimeStamper(fmt="iso" if for_machines else "%H:%M:%S", utc=for_machines)

    def _redact(self, _logger: object, _method: str, event: Event) -> Event:
        return {key: self._safe(value) if not key.startswith("_") else value for key, value in event.items()}

    def _safe(self, value: object) -> object:
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, Mapping | list | tuple):
            return self.redactor.shown(repr(value))
        return printable(self.redactor.shown(str(value)))

    def _formatter(self) -> structlog.stdlib.ProcessorFormatter:
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=self._before(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, self._renderer()],
        )

    def _renderer(self) -> structlog.types.Processor:
        if self.log_format is LogFormat.JSON:
            return structlog.processors.JSONRenderer()
        return structlog.dev.ConsoleRenderer(
            colors=wants_colour(sys.stderr),
            timestamp_key="timestamp",
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,
        )


_LEVELS: Final = {-1: logging.ERROR, 0: logging.INFO, 1: logging.DEBUG}
_OWN_LEVELS: Final = 1  # -v: ours; -vv: the libraries', too
