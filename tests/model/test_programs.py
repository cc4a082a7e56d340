"""Random programs agree with the reference model, answer by answer, and so does what they leave behind.

``SANDBOX_MODEL_OPERATIONS`` says how many operations to run; unset, a number that a test run has time for, always the
same ones.
"""

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.streams.operations.describe_stream import describe_stream
from sandbox.streams.operations.get_records import get_records
from sandbox.streams.operations.get_shard_iterator import get_shard_iterator
from tests.model.machine import Machine
from tests.model.reference import TableModel
from tests.model.values import freeze, item_size

_ASKED = os.environ.get("SANDBOX_MODEL_OPERATIONS")
_OPERATIONS = int(_ASKED or 5_000)
_STEPS = 40


@settings(
    max_examples=max(1, _OPERATIONS // _STEPS),
    derandomize=_ASKED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False))
def test_programs_agree_with_the_model(random: Random) -> None:
    machine = Machine(random)
    try:
        for _ in range(_STEPS):
            machine.step()
        for table in machine.tables:
            for index_name in [None, *table.indexes]:
                machine.pages.check_order(table, index_name)
            check_description(machine, table)
            check_stream(machine, table)
    finally:
        machine.close()


def check_description(machine: Machine, table: TableModel) -> None:
    """Counts and sizes are true on demand."""
    described = machine.call(describe_table, {"TableName": table.name})["Table"]
    assert described["ItemCount"] == len(table.items)
    assert described["TableSizeBytes"] == sum(map(item_size, table.items.values()))
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in described.get(member, []):
            entries = [entry for entry, _ in table.rows(index["IndexName"])]
            assert index["ItemCount"] == len(entries)
            assert index["IndexSizeBytes"] == sum(map(item_size, entries))


def check_stream(machine: Machine, table: TableModel) -> None:
    """One record for each change that changed anything, in order, with both images."""
    arn = machine.call(describe_table, {"TableName": table.name})["Table"]["LatestStreamArn"]
    (shard,) = machine.call(describe_stream, {"StreamArn": arn})["StreamDescription"]["Shards"]
    place = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = machine.call(get_shard_iterator, place)["ShardIterator"]
    records = []
    while page := machine.call(get_records, {"ShardIterator": iterator}):
        records += page["Records"]
        if not page["Records"]:
            break
        iterator = page["NextShardIterator"]
    assert [record["eventName"] for record in records] == [event.name for event in table.events]
    for record, event in zip(records, table.events, strict=True):
        body = record["dynamodb"]
        for member, image in (("Keys", event.keys), ("OldImage", event.before), ("NewImage", event.after)):
            assert (member in body) == (image is not None)
            if image is not None:
                assert freeze({"M": body[member]}) == freeze({"M": image})
        images = [event.keys, event.before or {}, event.after or {}]
        assert body["SizeBytes"] == sum(map(item_size, images))
