"""The real server is killed with SIGKILL at every named point of a delivery, and started again on its data folder.

Nothing may be lost, nothing that was finished before the batch in flight may come again, and each shard keeps its order.
The story has all a shard can have: full batches, a report of some records, a function that fails once, a poison record
that is split off and reported, and a split with children.
"""

import asyncio
import contextlib
import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.killing_server import POINTS
from tests.faults.test_kill import Connection, serving

KILLED_WITHIN_SECONDS = 120
BATCH_SIZE = 4
ROUNDS = {
    "reading": [(point, 1) for point in POINTS[:4]],
    "invoking": [(point, 1) for point in POINTS[4:7]] + [("before an invocation", 5)],
    "judging": [(point, 1) for point in POINTS[7:10]] + [(POINTS[6], 9)],
    "remembering": [(point, 1) for point in POINTS[10:13]] + [("before a checkpoint is stored", 4)],
    "giving up": [(point, 1) for point in POINTS[13:]],
}
"""Point, and the n-th time that it is reached: the first, or one in the middle of the story."""

HANDLER = """
import json, os

FLAKY, REPORTED = "k07", "k13"

def handler(event, context):
    pairs = [(one["dynamodb"]["Keys"]["pk"]["S"], one["dynamodb"]["SequenceNumber"]) for one in event["Records"]]
    keys = [key for key, _ in pairs]
    is_new = not any(set(keys) & {FLAKY, REPORTED} & set(line["keys"]) for line in written())
    write("began", keys)
    if "poison" in keys or (FLAKY in keys and is_new):
        raise ValueError("boom")
    if REPORTED in keys and is_new:
        at = keys.index(REPORTED)
        write("finished", keys[:at])
        return {"batchItemFailures": [{"itemIdentifier": pairs[at][1]}]}
    write("finished", keys)

def write(what, keys):
    with open(os.environ["LOG"], "a") as log:
        log.write(json.dumps({"what": what, "keys": keys}) + "\\n")

def written():
    with open(os.environ["LOG"]) as log:
        return [json.loads(line) for line in log]
"""


async def _tell_the_story(port: int, table: str, code: Path, log: Path) -> None:
    """Everything is written before the mapping exists, so that every telling meets the same records."""
    connection = Connection(port)
    call = connection.call
    await call(
        "CreateTable",
        {
            "TableName": table,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        },
    )
    arn = (await call("DescribeTable", {"TableName": table}))["Table"]["LatestStreamArn"]
    keys = ["k00", "k01", "poison", *(f"k{number:02}" for number in range(3, 16))]
    for key in keys:
        await call("PutItem", {"TableName": table, "Item": {"pk": {"S": key}}})
    await call("", {"table": table, "children": 2}, path="/_sandbox/streams/split")
    for number in range(16, 28):
        await call("PutItem", {"TableName": table, "Item": {"pk": {"S": f"k{number}"}}})
    function = {
        "FunctionName": table,
        "Role": "arn:aws:iam::000000000000:role/r",
        "Runtime": "python3.12",
        "Handler": "handler.handler",
        "Timeout": 30,
        "Code": {"S3Bucket": "hot-reload", "S3Key": str(code)},
        "Environment": {"Variables": {"LOG": str(log)}},
    }
    await call("", function, path="/2015-03-31/functions")
    mapping = {
        "FunctionName": table,
        "EventSourceArn": arn,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": BATCH_SIZE,
        "MaximumRetryAttempts": 1,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:failed"}},
    }
    with contextlib.suppress(OSError, EOFError):  # it may be killed before it answers
        await call("", mapping, path="/2015-03-31/event-source-mappings")
    connection.close()


async def _shards(connection: Connection, table: str) -> dict[str, list[str]]:
    """Per shard its keys in order."""
    prefix = "DynamoDBStreams_20120810"
    [stream] = (await connection.call("ListStreams", {"TableName": table}, prefix=prefix))["Streams"]
    arn = {"StreamArn": stream["StreamArn"]}
    described = await connection.call("DescribeStream", arn, prefix=prefix)
    found = {}
    for shard in described["StreamDescription"]["Shards"]:
        where = {**arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = (await connection.call("GetShardIterator", where, prefix=prefix))["ShardIterator"]
        page = await connection.call("GetRecords", {"ShardIterator": iterator}, prefix=prefix)
        found[shard["ShardId"]] = [record["dynamodb"]["Keys"]["pk"]["S"] for record in page["Records"]]
    return found


async def _see_it_through(port: int, table: str) -> tuple[dict[str, list[str]], Any]:
    connection = Connection(port)
    report = await connection.call("", {"timeout_seconds": 60}, path="/_sandbox/drain")
    shards = await _shards(connection, table)
    connection.close()
    return shards, report


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _keys(lines: Sequence[dict[str, Any]], what: str) -> list[str]:
    return [key for line in lines if line["what"] == what for key in line["keys"]]


@dataclass(frozen=True, kw_only=True)
class Killed:
    """A server that was killed in the middle of the story of *table*; *before* is what its function had written down."""

    point: str
    table: str
    log: Path
    before: list[dict[str, Any]]

    def check(self, shards: dict[str, list[str]], failures: list[dict[str, Any]]) -> None:
        """Judge what the next server made of it."""
        after = _read(self.log)[len(self.before) :]
        finished = set(_keys([*self.before, *after], "finished"))
        lost = [key for keys in shards.values() for key in keys if key not in finished]
        assert lost == ["poison"], self.point
        mine = [one["DDBStreamBatchInfo"] for one in failures if f"/{self.table}/" in str(one)]
        assert {one["batchSize"] for one in mine} == {1}, self.point
        for keys in shards.values():
            self._check_shard(keys, after)

    def _check_shard(self, keys: list[str], after: list[dict[str, Any]]) -> None:
        ours = set(keys)
        first_seen = dict.fromkeys(key for key in _keys([*self.before, *after], "began") if key in ours)
        assert list(first_seen) == keys, f"{self.point}: a record overtook another"
        again = ours.intersection(_keys(self.before, "finished")).intersection(_keys(after, "began"))
        batches = [set(line["keys"]) for line in self.before if line["what"] == "finished" and ours & set(line["keys"])]
        assert again <= (batches[-1] if batches else set()), f"{self.point}: more than the batch in flight came again"
        assert len(again) <= BATCH_SIZE


@pytest.mark.slow
@pytest.mark.rule("3.1 at least once", "3.9 checkpoint")
@pytest.mark.parametrize("points", ROUNDS.values(), ids=list(ROUNDS))
def test_nothing_is_lost_and_only_what_was_in_flight_repeats(tmp_path: Path, points: list[tuple[str, int]]) -> None:
    """Each server sees the story through in which the one before it died, then dies in one of its own."""
    code, failures, data, order = (tmp_path / name for name in ("code", "failures", "data", "order"))
    code.mkdir()
    (code / "handler.py").write_text(HANDLER)
    program = [str(Path(__file__).with_name("killing_server.py")), str(order), str(failures)]
    killed: Killed | None = None
    for number, (point, times) in enumerate(points):
        log, table = tmp_path / f"log-{number}", f"orders-{number}"
        log.touch()
        with serving(data, code, program=program) as (process, port):
            _recover(killed, port, failures)
            order.write_text(json.dumps({"point": point, "times": times, "log": str(log)}))
            asyncio.run(_tell_the_story(port, table, code, log))
            assert process.wait(KILLED_WITHIN_SECONDS) == -signal.SIGKILL, point
        order.unlink()
        killed = Killed(point=point, table=table, log=log, before=_read(log))
    with serving(data, code, program=program) as (_, port):
        _recover(killed, port, failures)


def _recover(killed: Killed | None, port: int, failures: Path) -> None:
    if killed is not None:
        shards, report = asyncio.run(_see_it_through(port, killed.table))
        assert report["drained"], (killed.point, report)
        killed.check(shards, _read(failures))
