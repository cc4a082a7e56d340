"""Between a handler's Python values and JSON, with the rules of Lambda's Python runtime."""

from __future__ import annotations

import decimal
import json
import os
import re
from typing import Any

from .failure import Failure, Fault

__all__ = ["decode_event", "encode_answer"]

_DECIMAL_MARK = f"\ue000{os.urandom(8).hex()}:"
_MARKED_DECIMAL = re.compile(f'"{_DECIMAL_MARK}([^"]*)"')
_loads = json.loads  # kept: user code may patch the module


class _AnswerEncoder(json.JSONEncoder):
    """JSON with ``NaN`` and ``Infinity``, as Lambda's; ``decimal.Decimal`` is the number it is, as boto3 returns it."""

    def __init__(self) -> None:
        super().__init__(ensure_ascii=False)
        self.saw_decimal = False

    def default(self, o: Any) -> Any:
        if isinstance(o, decimal.Decimal):
            if not o.is_finite():
                return float("nan") if o.is_nan() else float(o)
            self.saw_decimal = True
            return _DECIMAL_MARK + str(o)  # the standard encoder cannot write a raw number: unquoted afterwards
        return super().default(o)


def decode_event(payload: bytes) -> Any:
    """The event of an invocation.

    Raises:
        Fault: ``Runtime.UnmarshalError``, it is not JSON.
    """
    try:
        return _loads(payload)
    except (ValueError, RecursionError) as error:
        raise Fault(Failure("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}")) from error


def encode_answer(value: Any) -> bytes:
    """The JSON of what a handler returned; ``bytes`` are passed on as they are.

    Raises:
        Fault: ``Runtime.MarshalError``, it cannot be written as JSON (wrong type, a cycle, a lone surrogate).
    """
    if isinstance(value, bytes):
        return value
    encoder = _AnswerEncoder()
    try:
        text = encoder.encode(value)
        if encoder.saw_decimal:
            text = _MARKED_DECIMAL.sub(r"\1", text)
        return text.encode("utf-8")
    except Exception as error:
        raise Fault(Failure("Runtime.MarshalError", f"Unable to marshal response: {error}")) from error
