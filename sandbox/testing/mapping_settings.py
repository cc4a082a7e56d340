"""Settings of an event source mapping in the words of Python, turned into AWS's."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["mapping_members"]

__tracebackhide__ = True  # pytest: a mistake in a test is shown in the test

_MEMBERS = (
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "Enabled",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "StartingPosition",
    "Tags",
    "TumblingWindowInSeconds",
)
"""Source: lambda-event-source-mappings §1.2."""


def mapping_members(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``{"batch_size": 10}`` or ``{"BatchSize": 10}`` -> ``{"BatchSize": 10}``.

    Three settings exist here only: ``filters`` (patterns as text or as dictionaries), ``on_failure`` (an ARN) and
    ``report_batch_item_failures``.

    Raises:
        TypeError: there is no such setting; the text names those that there are.
    """
    members: dict[str, Any] = {}
    for name, value in settings.items():
        if name == "filters":
            patterns = [one if isinstance(one, str) else json.dumps(one) for one in value]
            members["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
        elif name == "on_failure":
            members["DestinationConfig"] = {"OnFailure": {"Destination": value}}
        elif name == "report_batch_item_failures":
            members["FunctionResponseTypes"] = ["ReportBatchItemFailures"] if value else []
        else:
            members[_member(name)] = value
    return members


def _member(name: str) -> str:
    wanted = name.replace("_", "").lower()
    for member in _MEMBERS:
        if member.lower() == wanted:
            return member
    known = ", ".join(("filters", "on_failure", "report_batch_item_failures", *map(_snake, _MEMBERS)))
    raise TypeError(f"an event source mapping has no setting {name!r}; there are {known}")


def _snake(member: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in member).lstrip("_")
