"""Tables that refuse now and then, for handlers that must live with it; off unless asked for."""

import click
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.cli.options import settings_of
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox

OPTIONS = {
    "host": "127.0.0.1",
    "port": 0,
    "data": None,
    "durability": "full",
    "runtime": "in-process",
    "python": None,
    "debug_port": None,
    "debug_wait": False,
    "code_folder": (),
    "no_watch": True,
    "ignore": (),
    "allow_host": (),
    "allow_origin": (),
    "signatures": "shape",
    "stream_shards": 1,
    "table_delay": {},
    "split_at": None,
    "no_loop_guard": False,
    "image": {},
}


def refused(sandbox: EmbeddedSandbox, count: int, *, writes: bool) -> list[bool]:
    """Which of *count* requests are refused for want of capacity, without retries."""
    client = sandbox.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    key = {"pk": {"S": "x"}}
    results = []
    for _ in range(count):
        try:
            if writes:
                client.put_item(TableName="orders", Item=key)
            else:
                client.get_item(TableName="orders", Key=key)
        except client.exceptions.ProvisionedThroughputExceededException:
            results.append(True)
        else:
            results.append(False)
    return results


@pytest.mark.sandbox_settings(write_error_probability=1.0)
def test_writes_are_refused_and_reads_are_not(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders")
    assert refused(sandbox, 3, writes=True) == [True] * 3
    assert refused(sandbox, 3, writes=False) == [False] * 3
    assert sandbox.call("Scan", {"TableName": "orders"})["Count"] == 0


@pytest.mark.sandbox_settings(read_error_probability=1.0)
def test_reads_are_refused_and_writes_are_not(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders")
    assert refused(sandbox, 3, writes=True) == [False] * 3
    assert refused(sandbox, 3, writes=False) == [True] * 3


@pytest.mark.sandbox_settings(error_probability=1.0)
def test_any_operation_is_refused(sandbox: EmbeddedSandbox) -> None:
    client = sandbox.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        client.list_tables()


def test_a_seed_repeats_the_choice_and_sdks_get_through() -> None:
    settings = Settings(port=0, runtime="in-process", watch_code=False, write_error_probability=0.5, chaos_seed=7)
    seen = []
    for _ in range(2):
        with EmbeddedSandbox(settings) as sandbox:
            sandbox.table("orders")
            seen.append(refused(sandbox, 40, writes=True))
            patient = sandbox.client("dynamodb", config=Config(retries={"total_max_attempts": 12}))
            patient.put_item(TableName="orders", Item={"pk": {"S": "y"}})
    assert seen[0] == seen[1]
    assert 8 < sum(seen[0]) < 32


def test_the_environment_chooses() -> None:
    environment = {"DYNAMODB_READ_ERROR_PROBABILITY": "0.25", "SANDBOX_CHAOS_SEED": "3"}
    settings = settings_of(OPTIONS, environment)
    assert (settings.read_error_probability, settings.write_error_probability) == (0.25, 0.0)
    assert settings.chaos_seed == 3


@pytest.mark.parametrize("text", ["1.5", "-0.1", "often", "nan"])
def test_what_is_no_probability_is_said(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"takes a number from 0\.0 to 1\.0"):
        settings_of(OPTIONS, {"DYNAMODB_ERROR_PROBABILITY": text})
