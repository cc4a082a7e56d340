"""Delivery and the rest of the sandbox: expiry, chains of functions, deletion, drain."""

import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained
from tests.e2e.delivery.conftest import WRITER, fail, keys_of, mapping_state, put, write_code
from tests.e2e.told import Told


def test_an_expired_item_is_removed_by_the_service(sandbox: EmbeddedSandbox, told: Told) -> None:
    table = sandbox.table("sessions")
    client = sandbox.client("dynamodb")
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    function = sandbox.deploy(lambda *_: None, table, name="expired", filters=[{"eventName": ["REMOVE"]}])
    soon = str(int(sandbox.clock.now()) + 600)
    put(sandbox, table, "by-time", expires={"N": soon})
    put(sandbox, table, "by-hand", expires={"N": soon})
    client.delete_item(TableName=table, Key={"pk": {"S": "by-hand"}})
    sandbox.clock.advance(3600)
    told.wait_for_invocations("expired", 2)
    sandbox.drain()
    by_hand, by_time = (record for one in sandbox.invocations(function) for record in one.records)
    assert keys_of({"Records": [by_hand, by_time]}) == ["by-hand", "by-time"]
    assert by_time["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert by_time["dynamodb"]["OldImage"]["expires"] == {"N": soon}
    assert "userIdentity" not in by_hand


CHAIN = """\
import os
import boto3
table = boto3.resource("dynamodb").Table("invoices")
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item={"pk": "invoice-" + record["dynamodb"]["Keys"]["pk"]["S"]})
"""


@pytest.mark.sandbox_settings(runtime="process")
def test_a_chain_is_drained_to_its_end(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """Handlers find the sandbox by themselves; what they write counts as something to wait for."""
    orders, invoices = sandbox.table("orders"), sandbox.table("invoices")
    seen = tmp_path / "seen"
    sandbox.deploy(write_code(tmp_path / "first", handler=CHAIN), orders, batch_size=2)
    second = write_code(tmp_path / "second", handler=WRITER)
    sandbox.deploy(second, invoices, environment={"SEEN_FILE": str(seen)})
    put(sandbox, orders, *(f"{number}" for number in range(10)))
    sandbox.drain()
    assert seen.read_text().split() == [f"invoice-{number}" for number in range(10)]


@pytest.mark.parametrize("runtime", ["in-process", "process"])
def test_functions_with_files_of_the_same_names_do_not_meet(tmp_path: Path, runtime: str) -> None:
    with EmbeddedSandbox(Settings(port=0, runtime=runtime, watch_code=False, project_folder=tmp_path)) as sandbox:
        table = sandbox.table("orders")
        source = "from helper import NAME\nimport json\n\ndef handler(event, context):\n    import late\n    return [NAME, late.NAME]\n"
        functions = []
        for name in ("first", "second"):
            code = write_code(tmp_path / name, handler=source, helper=f"NAME = {name!r}\n", late=f"NAME = {name!r}\n")
            functions.append(sandbox.deploy(f"{code}/handler.py", table, name=name, batch_size=1))
        put(sandbox, table, "a", "b", "c")
        sandbox.drain()
        for function in functions:
            assert [one.result for one in sandbox.invocations(function)] == [[function.name, function.name]] * 3


def test_a_deleted_function_is_a_problem_of_its_mapping(sandbox: EmbeddedSandbox, told: Told) -> None:
    """The mapping outlives its function, says what is wrong, and goes on once the function is back. Nothing is lost."""
    table = sandbox.table("orders")
    function = sandbox.deploy(lambda *_: None, table, name="gone", maximum_retry_attempts=0)
    sandbox.client("lambda").delete_function(FunctionName="gone")
    put(sandbox, table, "x")
    told.wait_for_invocations("gone", 1)
    state = mapping_state(sandbox, function.mapping_uuid)
    assert state["State"] == "Enabled"
    assert state["LastProcessingResult"].startswith(f"PROBLEM: Function not found: {function.function_arn} (Service: ")
    with pytest.raises(NotDrained, match=r"gone: .*function not found: .* \(1 record waits\)"):
        sandbox.drain(timeout_seconds=5)
    seen: list[str] = []
    back = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), name="gone")
    assert back.mapping_uuid is None
    sandbox.drain()
    assert seen == ["x"]
    assert mapping_state(sandbox, function.mapping_uuid)["LastProcessingResult"] == "OK"


def test_a_deleted_mapping_delivers_nothing_more(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table)
    put(sandbox, table, "a")
    sandbox.drain()
    sandbox.client("lambda").delete_event_source_mapping(UUID=function.mapping_uuid)
    put(sandbox, table, "b")
    sandbox.drain()
    assert seen == ["a"]


def test_drain_over_http_says_what_is_stuck_and_why(sandbox: EmbeddedSandbox, told: Told) -> None:
    def drain(seconds: float, *, advance_clock: bool = False) -> Any:
        connection = http.client.HTTPConnection(sandbox.endpoint_url.removeprefix("http://"))
        body, headers = (
            json.dumps({"timeout_seconds": seconds, "advance_clock": advance_clock}),
            {"Content-Type": "application/json"},
        )
        connection.request("POST", "/_sandbox/drain", body, headers)
        with connection.getresponse() as response:
            report = json.load(response)
        connection.close()
        return report

    table = sandbox.table("orders")
    assert drain(5)["drained"] is True
    function = sandbox.deploy(fail, table, name="broken", batch_size=2)
    put(sandbox, table, "a", "b", "c")
    told.wait_for_invocations("broken", 1)
    report = drain(0.1)
    [stuck] = report["stuck"]
    assert report["drained"] is False
    assert (stuck["uuid"], stuck["function_arn"]) == (function.mapping_uuid, function.function_arn)
    assert stuck["stream_arn"].endswith(mapping_state(sandbox, function.mapping_uuid)["EventSourceArn"])
    assert stuck["reason"].endswith("failed: ValueError: boom")
    assert stuck["pending_records"] == 3
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, MaximumRetryAttempts=5)
    assert drain(30, advance_clock=True)["drained"] is True, "the seconds between the tries take no time"
