"""What ``logging`` looks like in Lambda: one handler on the root logger, level WARNING unless the code says otherwise."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

__all__ = ["LambdaLogHandler"]


class LambdaLogHandler(logging.Handler):
    """Write ``[LEVEL]<tab>time<tab>request id<tab>message`` lines. Source: lambda-event-source-mappings §5.4.

    Args:
        write: takes one formatted entry with its newline.
        request_id: of the invocation that is running, empty between invocations.
    """

    def __init__(self, write: Callable[[str], object], request_id: Callable[[], str]) -> None:
        super().__init__()
        self._write = write
        self._request_id = request_id
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            record.aws_request_id = self._request_id()
            self._write(self.format(record))
        except Exception:  # noqa: BLE001 - as every logging handler: a log line must not break the handler
            self.handleError(record)
