"""From a write to the handler: the shortest ways to write, deploy and look."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.told import Told, listen

WRITER = """\
import os
def handler(event, context):
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.writelines(record["dynamodb"]["Keys"]["pk"]["S"] + "\\n" for record in event["Records"])
"""
"""A handler that writes the keys it sees to a file."""


@pytest.fixture
def told(sandbox: EmbeddedSandbox) -> Told:
    """What the sandbox of this test tells."""
    return listen(sandbox)


def write_code(folder: Path, **files: str) -> Path:
    """A code folder with these modules."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def put(sandbox: EmbeddedSandbox, table: str, *keys: str, **more: Any) -> None:
    """Put an item for each of *keys*, all with the attributes *more*."""
    for key in keys:
        sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": key}, **more}})


def put_many(sandbox: EmbeddedSandbox, table: str, count: int) -> None:
    """Put the items 00000, 00001 and so on."""
    for start in range(0, count, 25):
        puts = [{"PutRequest": {"Item": {"pk": {"S": f"{at:05d}"}}}} for at in range(start, min(start + 25, count))]
        sandbox.call("BatchWriteItem", {"RequestItems": {table: puts}})


def keys_of(event: Any) -> list[str]:
    """The keys of an event's records, in order."""
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]


def fail(_event: Any, _context: Any) -> None:
    """A handler that raises."""
    raise ValueError("boom")


def mapping_state(sandbox: EmbeddedSandbox, uuid: str | None) -> dict[str, Any]:
    """GetEventSourceMapping's answer."""
    state: dict[str, Any] = sandbox.client("lambda").get_event_source_mapping(UUID=uuid)
    return state


def wait_for_state(sandbox: EmbeddedSandbox, uuid: str | None, state: str) -> None:
    """A mapping's state settles within turns of the sandbox's own loop; each look is one."""
    for _ in range(10_000):
        if sandbox.call("GetEventSourceMapping", {"UUID": uuid}, service="lambda")["State"] == state:
            return
    pytest.fail(f"the mapping never became {state}")
