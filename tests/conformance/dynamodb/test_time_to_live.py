"""UpdateTimeToLive and DescribeTimeToLive; expiry itself needs a clock that can be moved and is tested elsewhere.

Source: dynamodb-exact §20.
"""

import re
from collections.abc import Callable
from typing import Any

from tests.conformance.expect import refused

Unique = Callable[[], str]


def _specify(dynamodb: Any, table: str, *, enabled: bool = True, attribute: str = "expires") -> dict[str, Any]:
    answer: dict[str, Any] = dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute}
    )
    return answer


def test_it_is_disabled_at_first(dynamodb: Any, make_table: Callable[..., str]) -> None:
    answer = dynamodb.describe_time_to_live(TableName=make_table())
    assert answer["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}


def test_it_is_enabled(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table()
    assert _specify(dynamodb, table)["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "expires"}
    description = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert description["TimeToLiveStatus"] in {"ENABLING", "ENABLED"}
    assert description["AttributeName"] == "expires"


def test_enabling_again(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table()
    _specify(dynamodb, table)
    with refused("ValidationException", "TimeToLive is already enabled"):
        _specify(dynamodb, table)


def test_disabling_what_is_disabled(dynamodb: Any, make_table: Callable[..., str]) -> None:
    with refused("ValidationException", "TimeToLive is already disabled"):
        _specify(dynamodb, make_table(), enabled=False)


def test_another_attribute_while_enabled(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table()
    _specify(dynamodb, table)
    with refused("ValidationException", re.compile("TimeToLive is active on a different AttributeName.*")):
        _specify(dynamodb, table, attribute="other")


def test_an_empty_attribute_name(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        _specify(dynamodb, table, attribute="")


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    name = unique()
    with refused("ResourceNotFoundException", re.compile("Requested resource not found.*")):
        dynamodb.describe_time_to_live(TableName=name)
