"""Attributes of queues, topics and subscriptions: text, whatever they hold."""

import json
from typing import Any

__all__ = ["attribute_text"]


def attribute_text(value: Any) -> str:
    """*value* as the API takes it: ``true``, ``30``, a document as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else str(value)
