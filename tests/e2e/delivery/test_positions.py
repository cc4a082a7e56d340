"""Where a mapping begins, and where it goes on."""

import pytest

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, mapping_state, put, wait_for_state


def test_trim_horizon_sees_what_was_before_and_latest_does_not(sandbox: EmbeddedSandbox) -> None:
    """AWS docs issue 487: the position of LATEST is fixed at the instant the create call returns."""
    table = sandbox.table("orders")
    put(sandbox, table, "before")
    old = sandbox.deploy(lambda *_: None, table, name="old", starting_position="TRIM_HORIZON")
    new = sandbox.deploy(lambda *_: None, table, name="new", starting_position="LATEST")
    put(sandbox, table, "after")
    sandbox.drain()
    assert [key for one in sandbox.invocations(old) for key in keys_of(one.event)] == ["before", "after"]
    assert [key for one in sandbox.invocations(new) for key in keys_of(one.event)] == ["after"]


@pytest.mark.parametrize("position", ["TRIM_HORIZON", "LATEST"])
def test_a_mapping_goes_on_where_it_was_disabled(sandbox: EmbeddedSandbox, position: str) -> None:
    table = sandbox.table("orders")
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table, starting_position=position)
    client = sandbox.client("lambda")
    put(sandbox, table, "a")
    sandbox.drain()
    client.update_event_source_mapping(UUID=function.mapping_uuid, Enabled=False)
    wait_for_state(sandbox, function.mapping_uuid, "Disabled")
    put(sandbox, table, "b", "c")
    sandbox.drain()
    assert seen == ["a"]
    client.update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    wait_for_state(sandbox, function.mapping_uuid, "Enabled")
    put(sandbox, table, "d")
    sandbox.drain()
    assert seen == ["a", "b", "c", "d"]


def test_new_settings_apply_at_the_same_position(sandbox: EmbeddedSandbox) -> None:
    """LocalStack 5982: updates were ignored."""
    table = sandbox.table("orders")
    function = sandbox.deploy(lambda *_: None, table, batch_size=1)
    put(sandbox, table, "a", "b")
    sandbox.drain()
    sandbox.client("lambda").update_event_source_mapping(
        UUID=function.mapping_uuid,
        BatchSize=2,
        FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]},
    )
    put(sandbox, table, "c")
    for key in "abc":
        sandbox.call("DeleteItem", {"TableName": table, "Key": {"pk": {"S": key}}})
    sandbox.drain()
    batches = [one.event for one in sandbox.invocations(function)]
    assert [keys_of(batch) for batch in batches[:2]] == [["a"], ["b"]]
    assert [key for batch in batches[2:] for key in keys_of(batch)] == ["a", "b", "c"]
    assert {record["eventName"] for batch in batches[2:] for record in batch["Records"]} == {"REMOVE"}


def test_a_table_made_anew_is_another_stream(sandbox: EmbeddedSandbox) -> None:
    """LocalStack 2561: the old mapping fired for the new table of that name."""
    seen: list[str] = []
    old = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"))
    sandbox.call("DeleteTable", {"TableName": "orders"})
    sandbox.clock.advance(60)
    client = sandbox.client("dynamodb")
    client.get_waiter("table_not_exists").wait(TableName="orders", WaiterConfig={"Delay": 1})
    put(sandbox, sandbox.table("orders"), "new")
    sandbox.drain()
    assert seen == []
    assert mapping_state(sandbox, old.mapping_uuid)["State"] == "Enabled"
