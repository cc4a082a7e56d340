"""Functions, tables and streams change while records are on their way: none is lost, none comes twice."""

import io
import itertools
import threading
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, put, write_code
from tests.e2e.told import Told

VERSIONED = """\
import os
VERSION = {version}
def handler(event, context):
    with open(os.environ["SEEN_FILE"], "a") as seen:
        for record in event["Records"]:
            seen.write(f"{{record['dynamodb']['Keys']['pk']['S']}} {{VERSION}} {{os.environ['SETTING']}}\\n")
"""


def _archive(version: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("handler.py", VERSIONED.format(version=version))
    return buffer.getvalue()


@pytest.mark.sandbox_settings(runtime="process")
def test_uploads_during_a_load_lose_nothing(sandbox: EmbeddedSandbox, told: Told, tmp_path: Path) -> None:
    """As with saves: each batch on one version, none on an older one than the batch before it."""
    table, seen_file = sandbox.table("orders"), tmp_path / "seen"
    seen_file.touch()
    functions = sandbox.client("lambda")
    environment = {"SEEN_FILE": str(seen_file), "SETTING": "0"}
    code = write_code(tmp_path / "uploaded", handler=VERSIONED.format(version=0))
    sandbox.deploy(f"{code}/handler.py", table, environment=environment, maximum_retry_attempts=0)
    written: list[str] = []
    stop = threading.Event()

    def write() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            put(sandbox, table, f"{number}")
            written.append(f"{number}")

    def seen() -> list[list[str]]:
        return [line.split() for line in seen_file.read_text().splitlines()]

    def runs(expected: list[str]) -> bool:
        return bool(lines := seen()) and lines[-1][1:] == expected

    writer = threading.Thread(target=write)
    writer.start()
    code_version = 0
    try:
        for version in range(1, 8):
            if version % 2:
                code_version = version
                functions.update_function_code(FunctionName="uploaded", ZipFile=_archive(version))
            else:
                environment["SETTING"] = str(version)
                functions.update_function_configuration(FunctionName="uploaded", Environment={"Variables": environment})
            wanted = [str(code_version), environment["SETTING"]]
            told.wait_for(partial(runs, wanted), f"run on {wanted}")
    finally:
        stop.set()
        writer.join()
    sandbox.drain()
    assert [key for key, _, _ in seen()] == written
    states = [(int(code), int(setting)) for _, code, setting in seen()]
    assert states == sorted(states)


def test_what_was_written_before_a_stream_was_closed_is_delivered(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    put(sandbox, table, "a", "b")
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table, enabled=False)
    sandbox.client("dynamodb").update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    put(sandbox, table, "unseen")
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    sandbox.drain()
    assert seen == ["a", "b"]


def test_what_was_written_before_a_table_was_deleted_is_delivered(sandbox: EmbeddedSandbox) -> None:
    """The stream of a deleted table can be read for a day."""
    table = sandbox.table("orders")
    put(sandbox, table, "a", "b")
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table, enabled=False)
    sandbox.client("dynamodb").delete_table(TableName=table)
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    sandbox.drain()
    assert seen == ["a", "b"]


def test_a_mapping_that_changes_all_the_time_loses_nothing(sandbox: EmbeddedSandbox) -> None:
    """Every change hands over to a new run of the mapping; the batch in flight is seen through before."""
    table = sandbox.table("orders")
    seen: list[str] = []
    function = sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table, batch_size=3)
    client = sandbox.client("lambda")
    written: list[str] = []
    for round_number in range(30):
        for at in range(5):
            put(sandbox, table, f"{round_number}-{at}")
            written.append(f"{round_number}-{at}")
        settings: dict[int, dict[str, Any]] = {
            0: {"Enabled": False},
            1: {"Enabled": True},
            2: {"BatchSize": 1 + round_number},
        }
        client.update_event_source_mapping(UUID=function.mapping_uuid, **settings[round_number % 3])
    client.update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    sandbox.drain()
    assert seen == written


def test_functions_deleted_and_made_again_take_up_their_mapping(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    seen: list[str] = []

    def handler(event: Any, _context: Any) -> None:
        seen.extend(keys_of(event))

    sandbox.deploy(handler, table, name="again", batch_size=1)
    written: list[str] = []
    for round_number in range(5):
        put(sandbox, table, f"{round_number}-a")
        sandbox.client("lambda").delete_function(FunctionName="again")
        put(sandbox, table, f"{round_number}-b")
        sandbox.deploy(handler, name="again")
        written += [f"{round_number}-a", f"{round_number}-b"]
    sandbox.drain()
    # What was in flight when its function went away may come again: delivery is at least once.
    assert list(dict.fromkeys(seen)) == written
    assert len(seen) <= len(written) + 5
