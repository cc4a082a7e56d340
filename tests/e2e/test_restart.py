"""What a data folder promises: after a clean stop as after SIGKILL, everything is there and goes on where it was."""

import io
import itertools
import json
import os
import shutil
import signal
import sqlite3
import time
import urllib.parse
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Command, Start

Client = Callable[..., Any]

PATIENCE_SECONDS = 30.0
ROLE = "arn:aws:iam::000000000000:role/r"

SEEING = """\
import os

def handler(event, context):
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.writelines(record["dynamodb"]["Keys"]["pk"]["S"] + "\\n" for record in event["Records"])
"""
FAILING = SEEING + '    raise ValueError("not yet")\n'


def archive(source: str) -> bytes:
    """A deployment package of one ``handler.py``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("handler.py", source)
    return buffer.getvalue()


@dataclass
class World:
    """A folder for the data, one for the code, and the server that runs on them now."""

    folder: Path
    start: Start
    make_client: Client
    server: Command | None = None
    url: str = ""
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client, kept over restarts as an application would."""
        if service not in self._clients:
            self._clients[service] = self.make_client(service, self.url)
        return self._clients[service]

    def begin(self) -> None:
        """Start the server, on the port of the last time: functions and clients remember it."""
        port = urllib.parse.urlsplit(self.url).port or 0
        arguments = ("--port", port, "--data", self.folder / "data", "--code-folder", self.folder / "code")
        self.server = self.start("serve", *arguments, folder=self.folder)
        self.url = self.server.endpoint_url()

    def end(self, number: int) -> None:
        """Stop it with a signal."""
        assert self.server is not None
        code = self.server.stop(number)
        assert code == (0 if number == signal.SIGTERM else -number)
        assert "Traceback" not in self.server.text

    def put(self, *keys: str, **more: Any) -> None:
        """Put an item for each key."""
        for key in keys:
            self.client("dynamodb").put_item(TableName="orders", Item={"pk": {"S": key}, **more})

    def drain(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait for all mappings."""
        connection = HTTPConnection(self.url.removeprefix("http://"))
        body, headers = json.dumps({"timeout_seconds": seconds}), {"Content-Type": "application/json"}
        connection.request("POST", "/_sandbox/drain", body, headers)
        with connection.getresponse() as response:
            report: dict[str, Any] = json.load(response)
        connection.close()
        return report

    def stuck(self) -> list[str]:
        """The functions whose mappings have not caught up, as of now."""
        return [str(one["function_arn"]).rpartition(":")[2] for one in self.drain(0.1)["stuck"]]

    def function(self, name: str, code: dict[str, Any], **more: Any) -> None:
        """Create a function that writes what it sees to a file of its name."""
        self.seen_file(name).touch()
        self.client("lambda").create_function(
            FunctionName=name,
            Role=ROLE,
            Runtime="python3.12",
            Handler="handler.handler",
            Timeout=30,
            Code=code,
            Environment={"Variables": {"SEEN_FILE": str(self.seen_file(name))}},
            **more,
        )

    def map(self, name: str, **settings: Any) -> str:
        """Map a function to the table's stream; the mapping's UUID."""
        table = self.client("dynamodb").describe_table(TableName="orders")["Table"]
        mapping = self.client("lambda").create_event_source_mapping(
            FunctionName=name,
            EventSourceArn=table["LatestStreamArn"],
            **{"StartingPosition": "TRIM_HORIZON", **settings},
        )
        return str(mapping["UUID"])

    def seen_file(self, name: str) -> Path:
        """Where the function *name* writes."""
        return self.folder / f"seen-{name}"

    def seen(self, name: str) -> list[str]:
        """What it has seen."""
        return self.seen_file(name).read_text().split()

    def local_code(self, name: str, source: str) -> dict[str, str]:
        """A code folder, named as CreateFunction wants it."""
        folder = self.folder / "code" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "handler.py").write_text(source)
        return {"S3Bucket": "hot-reload", "S3Key": str(folder)}

    def described(self) -> dict[str, Any]:
        """Everything the APIs tell of what exists."""
        dynamodb, functions = self.client("dynamodb"), self.client("lambda")
        table = dynamodb.describe_table(TableName="orders")["Table"]
        configurations = functions.list_functions()["Functions"]
        return _plain(
            {
                "table": table,
                "tags": dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
                "ttl": dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"],
                "items": dynamodb.scan(TableName="orders")["Items"],
                "indexed": dynamodb.scan(TableName="orders", IndexName="by-kind")["Items"],
                "records": self.records(),
                "functions": configurations,
                "tags of functions": [
                    functions.list_tags(Resource=one["FunctionArn"])["Tags"] for one in configurations
                ],
                "concurrency": functions.get_function_concurrency(FunctionName="zipped")[
                    "ReservedConcurrentExecutions"
                ],
                "mappings": functions.list_event_source_mappings()["EventSourceMappings"],
            }
        )

    def records(self, iterator: str | None = None) -> list[dict[str, Any]]:
        """The stream from *iterator*, or from its beginning."""
        streams = self.client("dynamodbstreams")
        records: list[dict[str, Any]] = []
        following = iterator or self.iterator("TRIM_HORIZON")
        while True:
            page = streams.get_records(ShardIterator=following)
            if not page["Records"]:
                return records
            records += page["Records"]
            following = page["NextShardIterator"]

    def iterator(self, kind: str) -> str:
        """An iterator of the table's stream."""
        streams = self.client("dynamodbstreams")
        arn = streams.list_streams(TableName="orders")["Streams"][0]["StreamArn"]
        [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        answer = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind)
        return str(answer["ShardIterator"])


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what boto3 adds to each answer, and without how the last batch went."""
    plain: dict[str, Any] = json.loads(json.dumps(answer, default=str, sort_keys=True))
    for mapping in plain["mappings"]:
        del mapping["LastProcessingResult"]  # of this process: AWS has no restarts to remember it over
    return plain


@pytest.fixture
def world(tmp_path: Path, start: Start, client: Client) -> World:
    """A server with a table of everything, and items in it."""
    world = World(tmp_path, start, client)
    (tmp_path / "code").mkdir()
    world.begin()
    dynamodb = world.client("dynamodb")
    dynamodb.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "kind")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-kind",
                "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    dynamodb.update_time_to_live(
        TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    return world


HOW = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])


@HOW
def test_everything_survives(world: World, number: int) -> None:
    world.function("zipped", {"ZipFile": archive(SEEING)}, Tags={"team": "shop"}, MemorySize=256)
    world.client("lambda").put_function_concurrency(FunctionName="zipped", ReservedConcurrentExecutions=3)
    world.function("local", world.local_code("local", SEEING))
    world.map("zipped", BatchSize=7, FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]})
    world.map("local", Enabled=False, MaximumRetryAttempts=2)
    world.put("a", "b", kind={"S": "k"}, expires={"N": "4102444800"})
    world.put("a")
    assert world.drain()["drained"]
    before = world.described()
    latest, oldest = world.iterator("LATEST"), world.iterator("TRIM_HORIZON")
    world.end(number)

    world.begin()
    assert world.described() == before
    assert world.records(latest) == []
    world.put("c")
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in world.records(latest)] == ["c"]
    assert len(world.records(oldest)) == 4
    sequence_numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in world.records()]
    assert sequence_numbers == sorted(set(sequence_numbers)), "Floci 2076: numbers began anew"
    assert world.drain()["drained"]
    assert world.seen("zipped") == ["a", "b", "c"], "nothing twice, nothing left out"
    assert world.seen("local") == []


@HOW
def test_mappings_go_on_where_they_were(world: World, number: int) -> None:
    """Positions of all kinds: done, disabled, LATEST, in the middle of failing."""
    world.put("before")
    broken = world.local_code("failing", FAILING)
    for name in ("done", "paused", "latest"):
        world.function(name, world.local_code(name, SEEING))
    world.function("failing", broken)
    world.map("done", BatchSize=2)
    paused = world.map("paused")
    world.map("latest", StartingPosition="LATEST")
    world.put("a")
    assert world.drain()["drained"]
    world.client("lambda").update_event_source_mapping(UUID=paused, Enabled=False)
    world.map("failing", BatchSize=1)
    world.put("b")
    _eventually(lambda: world.stuck() == ["failing"], "rest but for the function that fails")
    world.end(number)

    world.begin()
    world.put("c")
    world.local_code("failing", SEEING)
    world.client("lambda").update_event_source_mapping(UUID=paused, Enabled=True)
    assert world.drain()["drained"]
    assert world.seen("done") == ["before", "a", "b", "c"]
    assert world.seen("paused") == ["before", "a", "b", "c"]
    assert world.seen("latest") == ["a", "b", "c"]
    attempts = len(world.seen("failing")) - 4
    assert world.seen("failing") == ["before"] * attempts + ["before", "a", "b", "c"]
    world.end(number)

    world.begin()
    assert world.drain()["drained"]
    assert world.seen("done") == ["before", "a", "b", "c"], "nothing is delivered again for being restarted"


def test_a_kill_repeats_at_most_the_batch_in_flight(world: World) -> None:
    """Delivery is at least once: what was in flight may come again, nothing before it, and the order stays."""
    kills, batch_size = 2, 5
    world.function("counted", world.local_code("counted", SEEING))
    world.map("counted", BatchSize=batch_size)
    written = 0
    for _ in range(kills):
        for _ in range(50):
            world.put(f"{written:04d}")
            written += 1
        world.end(signal.SIGKILL)  # deliveries run behind the writes
        world.begin()
    assert world.drain()["drained"]
    seen = world.seen("counted")
    assert list(dict.fromkeys(seen)) == [f"{at:04d}" for at in range(written)]
    assert len(seen) - written <= kills * batch_size
    for earlier, later in itertools.pairwise(seen):
        assert int(later) > int(earlier) - batch_size, "an older batch than the one in flight came again"


def test_a_killed_server_leaves_no_worker_behind(world: World) -> None:
    world.function(
        "endless",
        world.local_code(
            "endless",
            "import os, time\ndef handler(e, c):\n    print(os.getpid())\n    open(os.environ['SEEN_FILE'], 'w').write(str(os.getpid()))\n    time.sleep(600)\n",
        ),
    )
    world.map("endless")
    world.put("x")
    pid = int(_eventually(lambda: world.seen_file("endless").read_text(), "a worker"))
    world.end(signal.SIGKILL)
    _eventually(lambda: not _is_alive(pid), "end of the worker")


def _eventually(condition: Callable[[], Any], what: str) -> Any:
    """What *condition* gives once it is true; another process's doings can only be looked at."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"no {what}"
        time.sleep(0.01)
    return found


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] if Path("/proc").is_dir() else "R"
        os.kill(pid, 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


# -- folders that cannot be used -------------------------------------------------------------------------------------


def refused(start: Start, folder: Path, data: Path) -> str:
    """Start on *data*, expect a refusal; what was said."""
    command = start("serve", "--port", 0, "--data", data, folder=folder)
    assert command.finish() == 1
    assert "Traceback" not in command.text
    sentence, *rest = command.output
    assert sentence.startswith("sandbox: ")
    assert rest, "the next step is missing"
    return command.text


def test_a_second_server_names_the_first_and_disturbs_nothing(world: World, start: Start, tmp_path: Path) -> None:
    assert world.server is not None
    said = refused(start, tmp_path, tmp_path / "data")
    assert f"in use by another sandbox (process {world.server.process.pid})" in said
    world.put("still works")


def test_a_folder_left_by_a_killed_server_is_free_at_once(world: World) -> None:
    world.end(signal.SIGKILL)
    world.begin()
    world.put("works")


def test_a_file_in_place_of_the_folder(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    assert f"The data folder {tmp_path / 'data'} is a file." in refused(start, tmp_path, tmp_path / "data")
    assert (tmp_path / "data").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "cannot be written: Permission denied" in refused(start, tmp_path, tmp_path / "data")


def _is_none(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 1000)


def _is_damaged(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"\xa5" * (size - 4096))


def _is_cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _is_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = 999 WHERE name = 'schema_version'")


def test_databases_that_cannot_be_read(start: Start, tmp_path: Path) -> None:
    """Never a traceback, never silent loss: one sentence, and the file stays as it is for whoever can repair it."""
    command = start("serve", "--port", 0, "--data", tmp_path / "good")
    command.endpoint_url()
    assert command.stop() == 0
    for spoil, words in (
        (_is_none, "cannot be opened: "),
        (_is_damaged, "cannot be opened: "),
        (_is_cut_off, "cannot be opened: "),
        (_is_newer, "was written by another version of the sandbox (format 999"),
    ):
        data = tmp_path / spoil.__name__
        shutil.copytree(tmp_path / "good", data)
        spoil(data / "sandbox.db")
        spoilt = (data / "sandbox.db").read_bytes()
        assert f"The data folder {data} {words}" in refused(start, tmp_path, data), spoil.__name__
        assert (data / "sandbox.db").read_bytes() == spoilt


def test_code_folders_that_are_gone_stop_nothing_else(world: World) -> None:
    """The function stays listed and its mapping says what is wrong; the rest runs, and it runs again once put back."""
    world.function("here", {"ZipFile": archive(SEEING)})
    world.function("gone", world.local_code("gone", SEEING))
    world.map("here")
    world.map("gone")
    world.end(signal.SIGTERM)
    shutil.move(world.folder / "code" / "gone", world.folder / "moved")
    world.begin()
    world.put("x")
    report = world.drain()
    assert [stuck["function_arn"].rpartition(":")[2] for stuck in report["stuck"]] == ["gone"]
    assert world.seen("here") == ["x"]
    shutil.move(world.folder / "moved", world.folder / "code" / "gone")
    world.end(signal.SIGTERM)
    world.begin()
    assert world.drain()["drained"]
    assert world.seen("gone") == ["x"]
