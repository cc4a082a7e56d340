"""Statements write stream records like every other write. Source: dynamodb-exact §17; one commit for every write path."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.rule("4.4 PartiQL")
def test_every_way_to_write_leaves_its_record(
    dynamodb: Any,
    make_streaming_table: Callable[..., tuple[str, str]],
    records_of: Callable[[str], list[dict[str, Any]]],
) -> None:
    """A statement, a batch and a transaction; what changes nothing, or fails, leaves none."""
    table, stream = make_streaming_table("pk:S")
    run = dynamodb.execute_statement
    run(Statement=f"INSERT INTO \"{table}\" VALUE {{'pk': 'a', 'n': 1}}")
    run(Statement=f"UPDATE \"{table}\" SET n = 2 WHERE pk = 'a'")
    run(Statement=f"UPDATE \"{table}\" SET n = 2 WHERE pk = 'a'")
    run(Statement=f"DELETE FROM \"{table}\" WHERE pk = 'nobody'")
    dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": f"INSERT INTO \"{table}\" VALUE {{'pk': 'a'}}"},
            {"Statement": f"INSERT INTO \"{table}\" VALUE {{'pk': 'b'}}"},
        ]
    )
    dynamodb.execute_transaction(
        TransactStatements=[
            {"Statement": f"DELETE FROM \"{table}\" WHERE pk = 'a'"},
            {"Statement": f"EXISTS(SELECT * FROM \"{table}\" WHERE pk = 'b' AND n IS MISSING)"},
        ]
    )
    records = [(record["eventName"], record["dynamodb"]["Keys"]["pk"]["S"]) for record in records_of(stream)]
    assert sorted(records) == [("INSERT", "a"), ("INSERT", "b"), ("MODIFY", "a"), ("REMOVE", "a")]
