"""The server is killed with SIGKILL while clients write, again and again, on one data folder.

What must hold afterwards: every acknowledged write is there, no transaction is half there, the stream has every change
once and in order, the table is the fold of its stream, and after the last restart every record has reached the handler.
``SANDBOX_KILLS`` sets how often: 10 by default, 50 for a thorough run.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

KILLS = int(os.environ.get("SANDBOX_KILLS", "10"))
CLIENTS = 16
KEYS_PER_CLIENT = 4
READY_SECONDS_MAX = 120
ROOT = Path(__file__).parents[2]
HANDLER = """\
import os

def handler(event, context):
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.writelines(record["dynamodb"]["SequenceNumber"] + "\\n" for record in event["Records"])
"""


class Refused(Exception):  # noqa: N818 - an answer of the server
    """The server answered with an error."""


@dataclass
class Connection:
    """One keep-alive HTTP connection."""

    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def call(
        self, operation: str, parameters: dict[str, Any], *, path: str = "/", prefix: str = "DynamoDB_20120810"
    ) -> Any:
        """Make one call; a lost connection raises OSError or EOFError."""
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        service = "lambda" if path.startswith("/2") else "dynamodb"
        body = json.dumps(parameters).encode()
        kind = "application/x-amz-json-1.0" if path == "/" else "application/json"
        target = f"X-Amz-Target: {prefix}.{operation}\r\n" if path == "/" else ""
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: {kind}\r\n{target}"
            f"X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/{service}/aws4_request, "
            f"SignedHeaders=host, Signature=0\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        start = head.index(b"content-length:") + 15
        length = int(head[start : head.index(b"\r\n", start)])
        content = await self.reader.readexactly(length)
        if not head.startswith(b"http/1.1 2"):
            raise Refused(content.decode())
        return json.loads(content) if content else None

    def close(self) -> None:
        """Let the connection go."""
        if self.writer is not None:
            self.writer.close()


@dataclass
class Client:
    """One writer: what it knows to be stored, and what was under way when the server died.

    Each of its keys holds a version that grows with every write; a deleted key is version ``None``.
    """

    number: int
    chance: random.Random
    stored: dict[str, int | None] = field(default_factory=dict)
    under_way: dict[str, int | None] | None = None
    next_version: int = 1
    acknowledged: int = 0

    def keys(self) -> list[str]:
        """The keys that only this client writes."""
        return [f"client{self.number}-{at}" for at in range(KEYS_PER_CLIENT)]

    def _write(self) -> tuple[str, dict[str, Any], dict[str, int | None]]:
        """The next write and what it will have stored."""
        version = self.next_version
        self.next_version += 1
        first, second = self.chance.sample(self.keys(), 2)
        kind = self.chance.choice(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"])

        vector = {"L": [{"N": str(version)}, {"N": "0"}]}

        def item(key: str) -> dict[str, Any]:
            return {
                "pk": {"S": key},
                "version": {"N": str(version)},
                "g": {"S": f"g{version % 3}"},
                "v": vector,
                "pad": {"S": "x" * 100},
            }

        match kind:
            case "PutItem":
                return kind, {"TableName": "writes", "Item": item(first)}, {first: version}
            case "UpdateItem":
                values = {":v": {"N": str(version)}, ":vector": vector}
                update = {
                    "TableName": "writes",
                    "Key": {"pk": {"S": first}},
                    "UpdateExpression": "SET version = :v, v = :vector",
                    "ExpressionAttributeValues": values,
                }
                return kind, update, {first: version}
            case "DeleteItem":
                return kind, {"TableName": "writes", "Key": {"pk": {"S": first}}}, {first: None}
            case "BatchWriteItem":
                writes = [{"PutRequest": {"Item": item(first)}}, {"DeleteRequest": {"Key": {"pk": {"S": second}}}}]
                return kind, {"RequestItems": {"writes": writes}}, {first: version, second: None}
            case _:
                actions = [{"Put": {"TableName": "writes", "Item": item(key)}} for key in (first, second)]
                return kind, {"TransactItems": actions}, {first: version, second: version}

    async def write_until_lost(self, port: int) -> None:
        """Write as fast as answers come, until the connection is lost."""
        connection = Connection(port)
        try:
            while True:
                operation, parameters, effect = self._write()
                self.under_way = effect
                await connection.call(operation, parameters)
                self.stored |= effect
                self.under_way = None
                self.acknowledged += 1
        except (OSError, EOFError):
            pass
        finally:
            connection.close()

    def check(self, table: dict[str, int]) -> None:
        """Compare with what is stored now; a write under way may have happened or not, but wholly."""
        now = {key: table.get(key) for key in self.keys()}
        before = {key: self.stored.get(key) for key in self.keys()}
        possible = [before]
        if self.under_way is not None:
            possible.append(before | self.under_way)
        assert now in possible, f"stored {now}, acknowledged {before}, under way {self.under_way}"
        self.stored, self.under_way = dict(now), None


@contextmanager
def serving(
    folder: Path, code: Path, *, program: Sequence[str] = ("-m", "sandbox")
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the server on *folder* until the block ends it; *program* is what Python runs it by."""
    ready = folder.parent / "ready"
    ready.unlink(missing_ok=True)
    command = [
        sys.executable,
        *program,
        "serve",
        "--port",
        "0",
        "--data",
        str(folder),
        "--ready-file",
        str(ready),
        "--code-folder",
        str(code),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready.exists():
            assert process.poll() is None, f"the server ended with {process.returncode}"
            assert time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.01)  # another process: its file is all there is to wait on
        yield process, int(ready.read_text().strip().rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()


async def _scan(connection: Connection, **more: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        page = await connection.call("Scan", {"TableName": "writes", **more, **start})
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


async def _stream(connection: Connection) -> list[dict[str, Any]]:
    """All records of the table's stream."""
    streams = "DynamoDBStreams_20120810"
    [stream] = (await connection.call("ListStreams", {"TableName": "writes"}, prefix=streams))["Streams"]
    described = await connection.call("DescribeStream", {"StreamArn": stream["StreamArn"]}, prefix=streams)
    records: list[dict[str, Any]] = []
    for shard in described["StreamDescription"]["Shards"]:
        asked = {"StreamArn": stream["StreamArn"], "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = (await connection.call("GetShardIterator", asked, prefix=streams))["ShardIterator"]
        while iterator is not None:
            page = await connection.call("GetRecords", {"ShardIterator": iterator}, prefix=streams)
            records += page["Records"]
            iterator = page.get("NextShardIterator") if page["Records"] else None
    return records


def _check_stream(records: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
    """Ordered, nothing twice, every link in place, and its fold is the table."""
    sequences = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert sequences == sorted(set(sequences))
    assert len({record["eventID"] for record in records}) == len(records)
    folded: dict[str, Any] = {}
    for record in records:
        change = record["dynamodb"]
        key = change["Keys"]["pk"]["S"]
        # The old image of each record is what the record before it left behind: a gap would break the chain.
        assert change.get("OldImage") == folded.get(key)
        if record["eventName"] == "REMOVE":
            del folded[key]
        else:
            folded[key] = change["NewImage"]
    assert folded == {item["pk"]["S"]: item for item in items}


async def _set_up(port: int, code: Path, seen: Path) -> None:
    connection = Connection(port)
    await connection.call(
        "CreateTable",
        {
            "TableName": "writes",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "g")],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            "VectorIndexes": [
                {
                    "IndexName": "near",
                    "VectorAttribute": {"AttributeName": "v"},
                    "Dimensions": 2,
                    "DistanceFunction": "EUCLIDEAN",
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-g",
                    "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        },
    )
    arn = (await connection.call("DescribeTable", {"TableName": "writes"}))["Table"]["LatestStreamArn"]
    function = {
        "FunctionName": "f",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Runtime": "python3.12",
        "Handler": "handler.handler",
        "Timeout": 30,
        "Code": {"S3Bucket": "hot-reload", "S3Key": str(code)},
        "Environment": {"Variables": {"SEEN_FILE": str(seen)}},
    }
    await connection.call("", function, path="/2015-03-31/functions")
    mapping = {"FunctionName": "f", "EventSourceArn": arn, "StartingPosition": "TRIM_HORIZON"}
    await connection.call("", mapping, path="/2015-03-31/event-source-mappings")
    connection.close()


async def _check(port: int, clients: list[Client]) -> list[dict[str, Any]]:
    connection = Connection(port)
    items = await _scan(connection)
    table = {item["pk"]["S"]: int(item["version"]["N"]) for item in items}
    for client in clients:
        client.check(table)
    indexed = await _scan(connection, IndexName="by-g")
    assert sorted(item["pk"]["S"] for item in indexed) == sorted(item["pk"]["S"] for item in items if "g" in item)
    search = {"TableName": "writes", "IndexName": "near", "SearchVector": [{"N": "0"}, {"N": "0"}], "TopK": 100}
    found = (await connection.call("SearchVectors", search))["SearchResults"]
    assert {result["Item"]["pk"]["S"]: result["Score"] for result in found} == table
    records = await _stream(connection)
    _check_stream(records, items)
    connection.close()
    return records


async def _drain(port: int) -> Any:
    connection = Connection(port)
    report = await connection.call("", {"timeout_seconds": 60}, path="/_sandbox/drain")
    connection.close()
    return report


async def _write_and_kill(process: subprocess.Popen[bytes], port: int, clients: list[Client], seconds: float) -> None:
    writing = [asyncio.create_task(client.write_until_lost(port)) for client in clients]
    await asyncio.sleep(seconds)  # the random moment is the subject here, not a way to synchronise
    process.send_signal(signal.SIGKILL)
    await asyncio.gather(*writing)


@pytest.mark.slow
def test_killing_the_server_loses_nothing(tmp_path: Path) -> None:
    """An acknowledged write and its stream record survive SIGKILL; nothing is half done, and nothing is left undelivered."""
    code, seen, data = tmp_path / "code", tmp_path / "seen", tmp_path / "data"
    code.mkdir()
    (code / "handler.py").write_text(HANDLER)
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    clients = [Client(number, random.Random(seed + number)) for number in range(CLIENTS)]
    for kill in range(KILLS):
        with serving(data, code) as (process, port):
            if kill == 0:
                asyncio.run(_set_up(port, code, seen))
            else:
                asyncio.run(_check(port, clients))
            asyncio.run(_write_and_kill(process, port, clients, chance.uniform(0.05, 0.6)))
    with serving(data, code) as (_, port):
        records = asyncio.run(_check(port, clients))
        report = asyncio.run(_drain(port))
        assert report["drained"], report
    delivered = set(seen.read_text().split())
    assert {record["dynamodb"]["SequenceNumber"] for record in records} <= delivered
    assert sum(client.acknowledged for client in clients) > KILLS * CLIENTS
