"""Chaos on purpose: what a developer asks for happens, is said where he looks, and comes again with its seed."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from click.testing import CliRunner, Result

from sandbox.chaos import Chances, ChaosEvent, Target
from sandbox.cli import root
from sandbox.compose import Sandbox
from sandbox.config import Settings
from sandbox.testing.clients import make_client
from sandbox.testing.embedded import Deployment, EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, put

Type = Callable[..., Result]


@pytest.fixture
def typed(sandbox: EmbeddedSandbox) -> Type:
    """Type a command at this sandbox."""
    return lambda *words: CliRunner().invoke(root, list(words), env={"AWS_ENDPOINT_URL": sandbox.endpoint_url})


def deployed(sandbox: EmbeddedSandbox, **settings: Any) -> tuple[Deployment, list[list[str]]]:
    """A function on the table ``orders``, and the keys of each batch that it got."""
    batches: list[list[str]] = []
    table = sandbox.table("orders")
    return sandbox.deploy(lambda event, _: batches.append(keys_of(event)), table, name="on_order", **settings), batches


def traces(typed: Type) -> list[dict[str, Any]]:
    shown = json.loads(typed("mappings", "show", "on_order", "--json").output)
    found: list[dict[str, Any]] = shown["traces"]
    return found


def until(holds: Callable[[], object]) -> None:
    """Ask until it holds; give up after a minute."""
    give_up_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up_at


def test_a_batch_is_delivered_twice_and_the_trace_says_so(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function, batches = deployed(sandbox)
    struck = sandbox.chaos(function, twice=1.0)
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert batches == [["a"], ["a"]]
    assert struck["twice"] == 1
    (trace,) = traces(typed)
    assert trace["outcome"] == "delivered"
    assert trace["remark"].startswith("chaos: delivered twice, before as batch ")
    assert "chaos: delivered twice" in typed("mappings", "show", "on_order").output


def test_a_failure_on_purpose_uses_up_an_attempt(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function, batches = deployed(sandbox, maximum_retry_attempts=0)
    sandbox.chaos(function, fail=1.0)
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert batches == []
    (trace,) = traces(typed)
    assert trace["outcome"] == "failed: chaos: failed"
    assert trace["decision"].startswith("discard (RetryAttemptsExhausted)")


def test_a_throttle_on_purpose_uses_up_none(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function, batches = deployed(sandbox, maximum_retry_attempts=0)
    sandbox.chaos(function, throttle=1.0)
    put(sandbox, "orders", "a")
    until(lambda: traces(typed))
    assert traces(typed)[0]["outcome"] == "throttled: chaos: throttled"
    sandbox.chaos(function)
    sandbox.drain()
    assert batches == [["a"]]


def test_an_invocation_is_late_by_the_sandboxes_clock(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function, batches = deployed(sandbox)
    sandbox.chaos(function, delay=1.0, delay_seconds=3600)
    put(sandbox, "orders", "a")
    until(lambda: batches or sandbox.clock.advance(600) < 0)
    sandbox.drain()
    assert traces(typed)[0]["remark"] == "chaos: delayed by 3600 s"


def test_records_leave_the_stream_before_they_are_read(sandbox: EmbeddedSandbox, typed: Type) -> None:
    _, batches = deployed(sandbox)
    struck = sandbox.chaos("orders", trim=1.0)
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert struck["trim"] == 1
    sandbox.chaos("orders")
    put(sandbox, "orders", "b")
    sandbox.drain()
    assert batches == [["b"]]
    outcomes = [trace["outcome"] for trace in traces(typed)]
    assert outcomes == [
        "chaos: 1 record left the stream before being read",
        "the position had left the stream",
        "delivered",
    ]


def test_expired_iterators_and_throttled_reads_lose_nothing(sandbox: EmbeddedSandbox, typed: Type) -> None:
    _, batches = deployed(sandbox)
    sandbox.chaos("orders", expire=1.0)
    put(sandbox, "orders", "a")
    sandbox.drain()
    sandbox.chaos("orders", throttle=1.0)
    sandbox.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "b"}}})
    sandbox.drain()
    assert [key for batch in batches for key in batch] == ["a", "b"]
    outcomes = [trace["outcome"] for trace in traces(typed)]
    assert "chaos: the iterator expired" in outcomes
    assert "the stream cannot be read: chaos: throttled" in outcomes


def test_clients_of_the_stream_meet_it_too(sandbox: EmbeddedSandbox) -> None:
    arn = sandbox.call("DescribeTable", {"TableName": sandbox.table("orders")})["Table"]["LatestStreamArn"]
    put(sandbox, "orders", "a")
    streams = sandbox.client("dynamodbstreams", config=Config(retries={"total_max_attempts": 1}))
    shard_id = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = {"StreamArn": arn, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**place)["ShardIterator"]
    refusals = streams.exceptions
    for kind, refusal in [
        ("expire", refusals.ExpiredIteratorException),
        ("throttle", refusals.LimitExceededException),
        ("trim", refusals.TrimmedDataAccessException),
    ]:
        wanted: dict[str, Any] = {kind: 1.0}
        sandbox.chaos("orders", **wanted)
        with pytest.raises(refusal):
            streams.get_records(ShardIterator=iterator)
    with pytest.raises(refusals.ClientError, match="Invalid StreamArn"):
        streams.get_records(ShardIterator="nonsense|1|" + iterator.rpartition("|")[2])
    sandbox.chaos("orders")
    again = streams.get_shard_iterator(**place)["ShardIterator"]
    assert streams.get_records(ShardIterator=again)["Records"] == []


def refusals_of(sandbox: EmbeddedSandbox, seed: int) -> list[bool]:
    client = sandbox.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    sandbox.chaos("orders", throttle=0.5, seed=seed)
    refused = []
    for _ in range(40):
        try:
            client.batch_write_item(RequestItems={"orders": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}}]})
        except client.exceptions.ProvisionedThroughputExceededException:
            refused.append(True)
        else:
            refused.append(False)
    return refused


def test_a_seed_repeats_the_choices_and_other_tables_are_spared() -> None:
    with EmbeddedSandbox(Settings(port=0, runtime="in-process", watch_code=False)) as sandbox:
        sandbox.table("orders")
        sandbox.table("others")
        first, second, third = (refusals_of(sandbox, seed) for seed in (7, 7, 8))
        assert first == second
        assert first != third
        assert 8 < sum(first) < 32
        sandbox.chaos("orders", throttle=1.0)
        client = sandbox.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
        with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": name, "Item": {"pk": {"S": "x"}}}} for name in ("others", "orders")
                ]
            )
        client.put_item(TableName="others", Item={"pk": {"S": "a"}})
        client.describe_table(TableName="orders")


def test_answers_are_late_and_what_was_asked_is_done(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders")
    struck = sandbox.chaos("orders", delay=1.0, delay_seconds=0.001)
    client = sandbox.client("dynamodb")
    client.put_item(TableName="orders", Item={"pk": {"S": "a"}})
    assert struck["delay"] == 1
    assert sandbox.call("Scan", {"TableName": "orders"})["Count"] == 1


def test_whoever_listens_hears_of_it() -> None:
    """``sandbox dev`` prints what it hears; a refusal that nobody explains looks like a bug of the sandbox."""

    async def story() -> list[object]:
        heard: list[object] = []
        sandbox = Sandbox(Settings(port=0, runtime="in-process", watch_code=False))
        try:
            await sandbox.start()
            sandbox.subscribe(heard.append)
            table = {"TableName": "orders", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}
            pk = [{"AttributeName": "pk", "AttributeType": "S"}]
            await sandbox.call("CreateTable", table | {"AttributeDefinitions": pk, "BillingMode": "PAY_PER_REQUEST"})
            orders = Target(kind="table", key="orders", label="orders")
            sandbox.chaos.set(orders, Chances(probabilities={"throttle": 1.0}), seed=1)
            await asyncio.to_thread(refused_put, sandbox.endpoint_url)
        finally:
            await sandbox.close()
        return heard

    (event,) = asyncio.run(story())
    assert isinstance(event, ChaosEvent)
    assert (event.table_name, event.words) == ("orders", "PutItem was refused")


def refused_put(url: str) -> None:
    once = Config(retries={"total_max_attempts": 1})
    client = make_client("dynamodb", endpoint_url=url, account_id="000000000000", region="us-east-1", config=once)
    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        client.put_item(TableName="orders", Item={"pk": {"S": "a"}})


def test_it_is_set_listed_and_cleared_by_commands(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function, _ = deployed(sandbox)
    assert typed("chaos", "list").output == "There is no chaos.\n"
    assert typed("chaos", "set", "--mapping", "on_order", "--twice", "1", "--seed", "3").output == (
        "mapping orders -> on_order seed 3 twice 1 (struck 0)\n"
    )
    put(sandbox, "orders", "a")
    sandbox.drain()
    typed("chaos", "set", "--table", "orders", "--delay", "0.5", "--delay-seconds", "2", "--seed", "4")
    (mapping, table) = json.loads(typed("chaos", "list", "--json").output)["chaos"]
    assert mapping == {
        "target": "mapping",
        "mapping": function.mapping_uuid,
        "label": "orders -> on_order",
        "probabilities": {"twice": 1.0},
        "delay_seconds": 1.0,
        "seed": 3,
        "struck": {"twice": 1},
    }
    assert (table["table"], table["probabilities"], table["delay_seconds"]) == ("orders", {"delay": 0.5}, 2.0)
    assert typed("chaos", "clear", "--table", "orders").output == "cleared: table orders\n"
    assert typed("chaos", "clear").output == "cleared: mapping orders -> on_order\n"
    assert typed("chaos", "list").output == "There is no chaos.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say which mapping or which table."),
        (("--table", "orders", "--twice", "1"), "A table knows throttle, delay, trim, expire, not twice."),
        (("--table", "ordres", "--throttle", "1"), "There is no table ordres. There is only orders."),
        (("--table", "orders"), "Say what is to go wrong"),
        (("--mapping", "nobody", "--twice", "1"), "There is no mapping nobody"),
        (("--mapping", "a", "--table", "b"), "Say a mapping or a table, not both."),
    ],
)
def test_what_cannot_be_is_said(sandbox: EmbeddedSandbox, typed: Type, words: tuple[str, ...], sentence: str) -> None:
    sandbox.table("orders")
    result = typed("chaos", "set", *words)
    assert result.exit_code != 0
    assert sentence in result.output


def test_mappings_on_queues_have_it_too(sandbox: EmbeddedSandbox, typed: Type) -> None:
    url = sandbox.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    bodies: list[str] = []
    sandbox.deploy(lambda event, _: bodies.extend(one["body"] for one in event["Records"]), name="on_order")
    arn = "arn:aws:sqs:us-east-1:000000000000:orders"
    sandbox.client("lambda").create_event_source_mapping(FunctionName="on_order", EventSourceArn=arn)
    result = typed("chaos", "set", "--mapping", "on_order", "--twice", "1", "--seed", "1")
    assert result.exit_code == 0, result.output
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="a")
    sandbox.drain()
    assert bodies == ["a", "a"]
    (trace,) = traces(typed)
    assert trace["remark"].startswith("chaos: delivered twice")


def test_what_is_no_probability_is_said(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(ValueError, match=r"trim is 1\.5; it takes a number from 0\.0 to 1\.0"):
        sandbox.chaos("orders", trim=1.5)
    with pytest.raises(ValueError, match="A table knows throttle, delay, trim, expire, not twice"):
        sandbox.chaos("orders", twice=1.0)
