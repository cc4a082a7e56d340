"""Random programs agree with the reference model, answer by answer, and so does what they leave behind.

``SANDBOX_MODEL_OPERATIONS`` says how many operations to run; unset, a number that a test run has time for, always the
same ones.
"""

import os
import struct
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.vectors.search_vectors import search_vectors
from sandbox.streams.operations.describe_stream import describe_stream
from sandbox.streams.operations.get_records import get_records
from sandbox.streams.operations.get_shard_iterator import get_shard_iterator
from tests.model.machine import Machine
from tests.model.reference import TableModel
from tests.model.values import freeze, item_size
from tests.model.vectors import VectorModel

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
            for vector_index in table.vectors.values():
                check_search(machine, table, vector_index, random)
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
    for described_index in described.get("VectorIndexes", []):
        vector_index = table.vectors[described_index["IndexName"]]
        held = [item for item in table.items.values() if vector_index.entry(item) is not None]
        assert described_index["ItemCount"] == len(held)
        assert described_index["IndexSizeBytes"] == sum(map(vector_index.size, held))


def check_search(machine: Machine, table: TableModel, index: VectorModel, random: Random) -> None:
    """Every partition is searched, by each filter that its items meet."""
    for item in list(table.items.values()):
        if index.entry(item) is None:
            continue
        filters = [name for name, _ in index.filters if name in item and random.random() < 0.5]
        wanted = {name: item[name] for name in (index.hash[0], *filters)}
        query = (float(random.randrange(-3, 4)), random.choice((0.0, 0.5, 1e30)))
        top_k = random.choice((1, 3, 100))
        answer = machine.call(
            search_vectors,
            {
                "TableName": table.name,
                "IndexName": index.name,
                "SearchVector": [{"N": str(number)} for number in query],
                "TopK": top_k,
                "SearchConditionExpression": " AND ".join(f"#{name} = :{name}" for name in wanted),
                "ExpressionAttributeNames": {f"#{name}": name for name in wanted},
                "ExpressionAttributeValues": {f":{name}": value for name, value in wanted.items()},
            },
        )["SearchResults"]
        as_stored = tuple(struct.unpack("2f", struct.pack("2f", *query)))
        expected = index.search(table.items.values(), as_stored, wanted)
        assert [result["Score"] for result in answer] == [score for score, _ in expected][:top_k]
        # Equal scores come in any order, and where they are cut any of them may be missing.
        found = [(result["Score"], freeze({"M": result["Item"]})) for result in answer]
        possible = [(score, freeze({"M": entry})) for score, entry in expected]
        assert len(set(found)) == len(found)
        assert set(found) <= set(possible)


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
