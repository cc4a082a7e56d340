"""Several shards, and shards that are closed while a mapping reads them."""

from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, put

FOUR_HOURS = 4 * 3600


def shards(sandbox: EmbeddedSandbox) -> list[Any]:
    arn = sandbox.call("DescribeTable", {"TableName": "orders"})["Table"]["LatestStreamArn"]
    found: list[Any] = sandbox.call("DescribeStream", {"StreamArn": arn}, service="streams")["StreamDescription"][
        "Shards"
    ]
    return found


def versions_of(event: Any) -> list[tuple[str, int]]:
    return [
        (record["dynamodb"]["Keys"]["pk"]["S"], int(record["dynamodb"]["NewImage"]["v"]["N"]))
        for record in event["Records"]
    ]


def wait_for_shards(sandbox: EmbeddedSandbox, count: int) -> None:
    """The clock's jump wakes the rollover; each look is a turn of the sandbox's own loop."""
    for _ in range(10_000):
        if len(shards(sandbox)) >= count:
            return
    pytest.fail(f"there never were {count} shards")


def test_c18_a_rollover_in_mid_stream_loses_nothing_and_reads_the_parent_first(sandbox: EmbeddedSandbox) -> None:
    """The parent's poison batch is retried while its child fills: the child waits, or order per key would be lost."""
    failures = iter([ValueError("boom")])
    seen: list[tuple[str, int]] = []

    def handle(event: Any, _context: Any) -> None:
        for error in failures:
            raise error
        seen.extend(versions_of(event))

    sandbox.deploy(handle, sandbox.table("orders"), batch_size=10)
    for version in range(5):
        put(sandbox, "orders", "a", "b", v={"N": f"{version}"})
    sandbox.clock.advance(FOUR_HOURS)
    wait_for_shards(sandbox, 2)
    parent, child = shards(sandbox)
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert child["ParentShardId"] == parent["ShardId"]
    for version in range(5, 9):
        put(sandbox, "orders", "a", "b", v={"N": f"{version}"})
    sandbox.drain()
    assert seen == [(key, version) for version in range(9) for key in "ab"]


def test_many_rollovers_and_splits_keep_the_order_of_every_key(sandbox: EmbeddedSandbox) -> None:
    seen: list[tuple[str, int]] = []
    sandbox.deploy(lambda event, _: seen.extend(versions_of(event)), sandbox.table("orders"), parallelization_factor=3)
    keys = [f"k{number}" for number in range(20)]
    for version in range(6):
        put(sandbox, "orders", *keys, v={"N": f"{version}"})
        before = len(shards(sandbox))
        sandbox.clock.advance(FOUR_HOURS)
        wait_for_shards(sandbox, before + 1)
    sandbox.drain()
    assert sorted(seen) == [(key, version) for key in sorted(keys) for version in range(6)]
    for key in keys:
        assert [version for name, version in seen if name == key] == list(range(6))


@pytest.mark.sandbox_settings(stream_shards=4)
def test_a_stream_of_several_shards_delivers_each_key_in_order(sandbox: EmbeddedSandbox) -> None:
    seen: list[tuple[str, int]] = []
    sandbox.deploy(lambda event, _: seen.extend(versions_of(event)), sandbox.table("orders"))
    keys = [f"k{number}" for number in range(20)]
    for version in range(5):
        put(sandbox, "orders", *keys, v={"N": f"{version}"})
    sandbox.drain()
    assert len(shards(sandbox)) == 4
    for key in keys:
        assert [version for name, version in seen if name == key] == list(range(5))


@pytest.mark.rule("4.5 load")
@pytest.mark.sandbox_settings(split_records_per_second=20)
def test_heavy_writes_split_and_everything_arrives(sandbox: EmbeddedSandbox) -> None:
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"))
    put(sandbox, "orders", *(f"{number:03d}" for number in range(100)))
    sandbox.drain()
    assert sorted(seen) == [f"{number:03d}" for number in range(100)]
    assert len(shards(sandbox)) >= 3


def test_a_mapping_that_slept_for_a_day_goes_on_at_the_oldest_record_kept(sandbox: EmbeddedSandbox) -> None:
    """Its position has left the stream; that is told, and nothing newer is lost."""
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"))
    put(sandbox, "orders", "first")
    sandbox.drain()
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=False)
    put(sandbox, "orders", "too-old")
    sandbox.clock.advance(25 * 3600)
    put(sandbox, "orders", "young")
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    sandbox.drain()
    assert seen[0] == "first"
    assert seen[-1] == "young"
