"""What the program says of itself: one JSON object a line on standard error, in UTC, with nothing of the content."""

import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_TRACEBACKS = ExceptionDictTransformer(show_locals=False)  # variables hold passwords and drafts


def configure() -> None:
    """Set structlog up for the process; idempotent."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_TRACEBACKS),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
