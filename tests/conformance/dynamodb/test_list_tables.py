"""ListTables. Source: dynamodb-exact §20."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused


@pytest.fixture(scope="module")
def alone(client_of: Callable[..., Any]) -> Any:
    """A client of an account that nobody else uses, with the tables ``aaa``, ``bbb``, ``Bbb``, ``ccc``."""
    client = client_of("dynamodb", access_key="700000000001")
    for name in ("ccc", "aaa", "Bbb", "bbb"):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    yield client
    for name in ("ccc", "aaa", "Bbb", "bbb"):
        client.delete_table(TableName=name)


def test_names_come_sorted_by_their_bytes(alone: Any) -> None:
    answer = alone.list_tables()
    assert answer["TableNames"] == ["Bbb", "aaa", "bbb", "ccc"]
    assert "LastEvaluatedTableName" not in answer


def test_pages(alone: Any) -> None:
    first = alone.list_tables(Limit=3)
    assert (first["TableNames"], first["LastEvaluatedTableName"]) == (["Bbb", "aaa", "bbb"], "bbb")
    second = alone.list_tables(Limit=3, ExclusiveStartTableName="bbb")
    assert second["TableNames"] == ["ccc"]
    assert "LastEvaluatedTableName" not in second


def test_the_start_need_not_exist(alone: Any) -> None:
    assert alone.list_tables(ExclusiveStartTableName="abc")["TableNames"] == ["bbb", "ccc"]


@pytest.mark.usefixtures("alone")
def test_regions_and_accounts_are_apart(client_of: Callable[..., Any]) -> None:
    assert client_of("dynamodb", access_key="700000000001", region="eu-west-1").list_tables()["TableNames"] == []
    assert client_of("dynamodb", access_key="700000000002").list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    ("limit", "constraint"),
    [
        (0, "Member must have value greater than or equal to 1"),
        (101, "Member must have value less than or equal to 100"),
    ],
)
def test_a_limit_out_of_range(alone: Any, limit: int, constraint: str) -> None:
    with refused(
        "ValidationException",
        f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: {constraint}",
    ):
        alone.list_tables(Limit=limit)


def test_the_limit_is_told_before_the_start(alone: Any) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    with refused(
        "ValidationException",
        "2 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; Value 'a;b' at 'exclusiveStartTableName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ):
        alone.list_tables(Limit=0, ExclusiveStartTableName="a;b")
