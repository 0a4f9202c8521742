"""What the program says of itself: one JSON object a line on standard error, in UTC,
with nothing of the content.
"""

import json
import logging
import sys
import unicodedata
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer

# variables hold passwords and drafts
_TRACEBACKS = ExceptionDictTransformer(show_locals=False)
_LONGEST = 2000  # letters of one value


def configure(level: int = logging.INFO) -> None:
    """Set structlog and the standard library's logging up for the process;
    idempotent.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_TRACEBACKS),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Stream())),
    )
    logging.basicConfig(handlers=[_Bridge()], level=logging.WARNING, force=True)


class _Stream:
    """Standard error, as long as it takes lines: where they go, a full disk stops the
    log and nothing else.
    """

    def write(self, text: str) -> None:
        """Write, or lose the line."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, if that can be done."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def _line(event: Any, **_: Any) -> str:
    """Return one line whatever is in it: what could end a line or turn its letters
    round is written by its number.
    """
    text = json.dumps(
        event, ensure_ascii=False, default=lambda value: str(value)[:_LONGEST]
    )
    return "".join(
        _escaped(char)
        if unicodedata.category(char)[0] in "CZ" and char != " "
        else char
        for char in text
    )


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]


class _Bridge(logging.Handler):
    """What libraries log, as our own lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a library's record."""
        logger = structlog.get_logger()
        fault = record.exc_info[1] if record.exc_info else None
        logger.log(
            record.levelno,
            record.getMessage()[:_LONGEST],
            logger=record.name,
            exc_info=fault,
        )
