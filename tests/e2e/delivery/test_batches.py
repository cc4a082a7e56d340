"""What is in a batch, and when it leaves."""

import json
from pathlib import Path

import pytest

from sandbox.config import Settings
from sandbox.faults import ApiFault
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained
from tests.e2e.delivery.conftest import keys_of, put, put_many, write_code
from tests.e2e.told import Told

EVENT_BYTES_MAX = 6 * 1024 * 1024


def test_why_a_filter_is_refused_is_logged(sandbox: EmbeddedSandbox, caplog: pytest.LogCaptureFixture) -> None:
    """AWS's own answer names neither the pattern nor what is wrong with it."""
    table = sandbox.table("orders")
    with pytest.raises(ApiFault, match=r"^Invalid filter pattern definition\.$"):
        sandbox.deploy(lambda *_: None, table, filters=[{"eventName": "INSERT"}])
    assert caplog.messages == [
        """a filter pattern was refused: 'eventName' must be an object or an array, as in ["INSERT"], in {"eventName": "INSERT"}"""
    ]


def test_filters_come_before_batching(sandbox: EmbeddedSandbox) -> None:
    """Rivals filter afterwards, and so deliver smaller batches."""
    table = sandbox.table("orders")
    for number in range(30):
        put(sandbox, table, f"{number:02d}", kind={"S": "wanted" if number % 5 == 0 else "other"})
    wanted = {"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}}
    function = sandbox.deploy(lambda *_: None, table, batch_size=3, filters=[wanted])
    sandbox.drain()
    assert [keys_of(one.event) for one in sandbox.invocations(function)] == [["00", "05", "10"], ["15", "20", "25"]]


def test_a_batching_window_follows_the_clock(sandbox: EmbeddedSandbox, told: Told) -> None:
    table = sandbox.table("orders")
    function = sandbox.deploy(lambda *_: None, table, name="windowed", maximum_batching_window_in_seconds=30)
    put(sandbox, table, "a", "b")
    with pytest.raises(NotDrained, match="gathering a batch until its window ends"):
        sandbox.drain(timeout_seconds=0.2)
    sandbox.clock.advance(20)
    put(sandbox, table, "c")
    with pytest.raises(NotDrained, match="gathering a batch until its window ends"):
        sandbox.drain(timeout_seconds=0.2)
    assert told.invocations("windowed") == []
    sandbox.clock.advance(11)
    sandbox.drain()
    assert [keys_of(one.event) for one in sandbox.invocations(function)] == [["a", "b", "c"]]


@pytest.mark.parametrize(("batch_size", "sizes"), [(1000, [1000, 1000, 500]), (10_000, [2500])])
def test_a_backlog_leaves_in_full_batches(sandbox: EmbeddedSandbox, batch_size: int, sizes: list[int]) -> None:
    """A page of the stream holds 1,000 records at most; a batch may hold ten times that."""
    table = sandbox.table("orders")
    put_many(sandbox, table, 2500)
    batches: list[list[str]] = []
    sandbox.deploy(lambda event, _: batches.append(keys_of(event)), table, batch_size=batch_size)
    sandbox.drain()
    assert [len(batch) for batch in batches] == sizes
    assert [key for batch in batches for key in batch] == [f"{at:05d}" for at in range(2500)]


@pytest.mark.parametrize("runtime", ["in-process", "process"])
def test_a_batch_is_cut_at_six_megabytes(tmp_path: Path, runtime: str) -> None:
    with EmbeddedSandbox(Settings(port=0, runtime=runtime, watch_code=False, project_folder=tmp_path)) as sandbox:
        table = sandbox.table("orders", stream="NEW_IMAGE")
        for number in range(40):
            put(sandbox, table, f"{number:02d}", body={"S": "x" * 390_000})
        code = write_code(tmp_path / "code", handler="def handler(event, context): return len(event['Records'])\n")
        function = sandbox.deploy(code, table, batch_size=1000)
        sandbox.drain()
        sizes = [len(json.dumps(one.event, separators=(",", ":"))) for one in sandbox.invocations(function)]
        counts = [one.result for one in sandbox.invocations(function)]
    assert max(sizes) <= EVENT_BYTES_MAX
    assert min(sizes[:-1]) > EVENT_BYTES_MAX - 400_000, "a batch is as full as records allow"
    assert sum(counts) == 40
