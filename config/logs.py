"""How the portal logs: one line of JSON per event with its ids and no personal data; for people at a terminal, plain words."""

import sys
from typing import Any

import structlog

STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)


def logging_for(*, level: str, is_for_people: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING; `level` is a name such as INFO."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            STAMP,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use="pytest" not in sys.modules,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": structlog.dev.ConsoleRenderer(colors=False) if is_for_people else structlog.processors.JSONRenderer(),
        "foreign_pre_chain": [structlog.stdlib.add_log_level, STAMP],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "WARNING"}},
    }
