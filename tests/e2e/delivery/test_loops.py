"""A function that writes to the table it listens to is stopped before it fills the disk, and goes on once it is mended."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained
from tests.e2e.delivery.conftest import mapping_state, put, write_code

FEEDER = """\
import boto3
table = boto3.resource("dynamodb").Table("orders")
def handler(event, context):
    for record in event["Records"]:
        turn = int(record["dynamodb"]["NewImage"]["turn"]["N"]) + 1
        if turn < LAST_TURN:
            table.put_item(Item={"pk": "x", "turn": turn})
"""


def turns(sandbox: EmbeddedSandbox) -> int:
    item = sandbox.call("GetItem", {"TableName": "orders", "Key": {"pk": {"S": "x"}}})["Item"]
    return int(item["turn"]["N"])


def begin(sandbox: EmbeddedSandbox, folder: Path, last_turn: int, **mapping: Any) -> str | None:
    write_code(folder, feeder=FEEDER.replace("LAST_TURN", str(last_turn)))
    table = sandbox.table("orders")
    function = sandbox.deploy(f"{folder}/feeder.py:handler", table, name="feeder", **mapping)
    put(sandbox, "orders", "x", turn={"N": "0"})
    return function.mapping_uuid


def test_a_loop_is_paused_after_16_turns_with_an_explanation(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    uuid = begin(sandbox, tmp_path / "code", 1_000)
    with pytest.raises(NotDrained, match="paused: The function feeds its own stream"):
        sandbox.drain()
    assert turns(sandbox) == 16
    result = mapping_state(sandbox, uuid)["LastProcessingResult"]
    assert result.startswith("PROBLEM: paused: The function feeds its own stream: a record came back to it after 16 ")
    assert mapping_state(sandbox, uuid)["State"] == "Enabled"


def test_a_function_that_ends_by_itself_is_left_alone(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """Writing a status back to the item one was told of is common, and no loop."""
    begin(sandbox, tmp_path / "code", 16)
    sandbox.drain()
    assert turns(sandbox) == 15


def test_an_update_lets_it_go_on_for_another_16_turns(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """The record that closed the loop was kept: whoever mends the function wants it delivered."""
    uuid = begin(sandbox, tmp_path / "code", 20)
    with pytest.raises(NotDrained):
        sandbox.drain()
    sandbox.client("lambda").update_event_source_mapping(UUID=uuid, BatchSize=10)
    sandbox.drain()
    assert turns(sandbox) == 19
    assert mapping_state(sandbox, uuid)["LastProcessingResult"] == "OK"


@pytest.mark.sandbox_settings(pause_loops=False)
def test_the_guard_can_be_switched_off(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    begin(sandbox, tmp_path / "code", 40)
    sandbox.drain()
    assert turns(sandbox) == 39


def test_a_function_that_may_feed_itself_goes_on(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """AWS has an operation for those who mean it."""
    uuid = begin(sandbox, tmp_path / "code", 40, enabled=False)
    client = sandbox.client("lambda")
    client.put_function_recursion_config(FunctionName="feeder", RecursiveLoop="Allow")
    client.update_event_source_mapping(UUID=uuid, Enabled=True)
    sandbox.drain()
    assert turns(sandbox) == 39


def test_a_loop_over_two_tables_and_functions_is_found_too(sandbox: EmbeddedSandbox) -> None:
    def pass_on(to: str) -> Any:
        def handle(event: Any, _context: Any) -> None:
            turn = int(event["Records"][0]["dynamodb"]["NewImage"]["turn"]["N"]) + 1
            client = boto3.client("dynamodb", endpoint_url=sandbox.endpoint_url)
            client.put_item(TableName=to, Item={"pk": {"S": "x"}, "turn": {"N": f"{turn}"}})

        return handle

    sandbox.deploy(pass_on("table-b"), sandbox.table("table-a"), name="from-a")
    sandbox.deploy(pass_on("table-a"), sandbox.table("table-b"), name="from-b")
    put(sandbox, "table-a", "x", turn={"N": "0"})
    with pytest.raises(NotDrained, match="feeds its own stream"):
        sandbox.drain()
    assert len(sandbox.invocations("from-a")) == 16
    assert len(sandbox.invocations("from-b")) == 16


def test_writes_of_others_are_never_counted(sandbox: EmbeddedSandbox) -> None:
    function = sandbox.deploy(lambda *_: None, sandbox.table("orders"))
    for turn in range(40):
        put(sandbox, "orders", "x", turn={"N": f"{turn}"})
        sandbox.drain()
    assert len(sandbox.invocations(function)) == 40


def test_worker_processes_are_guarded_too(tmp_path: Path) -> None:
    with EmbeddedSandbox(Settings(port=0, runtime="process", watch_code=False)) as sandbox:
        begin(sandbox, tmp_path / "code", 1_000)
        with pytest.raises(NotDrained, match="feeds its own stream"):
            sandbox.drain(60)
        assert turns(sandbox) == 16
