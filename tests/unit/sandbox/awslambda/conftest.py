"""The Lambda API over an in-memory database, with hosts that only write down what they are told."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sandbox.awslambda.asynchronous import AsynchronousInvocations
from sandbox.awslambda.code import CodeStore, FetchS3Object
from sandbox.awslambda.ports import AnswerSink, InvokeResult, PlacedCode
from sandbox.awslambda.routing import AliasRouting
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.tables import LambdaTables
from sandbox.catalog import LAMBDA
from sandbox.clock import Clock
from sandbox.dynamodb.storage.database import Database
from sandbox.ids import Ids
from sandbox.wire.decode import decode_object

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/lambda-role"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders/stream/2024-11-18T14:36:44.149"
NOW = 1_700_000_000.25


class FixedClock(Clock):
    """Shows one instant until it is advanced."""

    def now(self) -> float:
        """Epoch seconds."""
        return NOW + self.offset_seconds


@dataclass
class FunctionHostFake:
    """Writes down deployments and answers invocations from a list, or echoes the event."""

    deployed: dict[str, tuple[Mapping[str, Any], Path, Mapping[str, str]]] = field(default_factory=dict)
    layers: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, int | None] = field(default_factory=dict)
    invoked: list[dict[str, Any]] = field(default_factory=list)
    results: list[InvokeResult] = field(default_factory=list)

    def deploy(
        self, function_arn: str, configuration: Mapping[str, Any], code: PlacedCode, environment: Mapping[str, str]
    ) -> None:
        """Remember."""
        self.deployed[function_arn] = (configuration, code.folder, environment)
        self.layers[function_arn] = code.layers
        if code.image_uri:
            self.images[function_arn] = code.image_uri

    def remove(self, function_arn: str) -> None:
        """Forget."""
        del self.deployed[function_arn]

    def set_reserved_concurrency(self, function_arn: str, limit: int | None) -> None:
        """Remember."""
        self.reserved[function_arn] = limit

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        request_id: str,
        client_context: bytes | None = None,
        invoked_arn: str | None = None,
        sink: AnswerSink | None = None,  # noqa: ARG002 - it answers as a whole
    ) -> InvokeResult:
        """Give the next of ``results``, or the payload back."""
        self.invoked.append(
            {
                "function_arn": function_arn,
                "payload": payload,
                "request_id": request_id,
                "client_context": client_context,
                "invoked_arn": invoked_arn,
            }
        )
        return self.results.pop(0) if self.results else InvokeResult(payload=payload, log_tail=b"END\n")


@dataclass
class MappingHostFake:
    """Writes down what it is told, and knows the results a test gives it."""

    told: list[tuple[str, Any]] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)

    def start(self, configuration: Mapping[str, Any]) -> None:
        """Remember."""
        self.told.append(("start", dict(configuration)))

    def update(self, configuration: Mapping[str, Any]) -> None:
        """Remember."""
        self.told.append(("update", dict(configuration)))

    def stop(self, uuid: str, *, forget: bool) -> None:
        """Remember."""
        self.told.append(("forget" if forget else "stop", uuid))

    def last_processing_result(self, uuid: str) -> str | None:
        """What the test said."""
        return self.results.get(uuid)


@dataclass
class StreamsFake:
    """Knows the streams a test names."""

    arns: set[str] = field(default_factory=lambda: {STREAM})

    def exists(self, stream_arn: str) -> bool:
        """Whether the test named it."""
        return stream_arn in self.arns


class QueuesFake:
    """Knows every queue."""

    async def visibility_timeout_seconds(self, queue_arn: str) -> int:  # noqa: ARG002 - the port's own signature
        """SQS's default."""
        return 30


@dataclass
class DestinationsFake:
    """Keeps what it receives; refuses the ARNs a test names."""

    sent: list[tuple[str, bytes, str, Mapping[str, str | int]]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def send(
        self, destination_arn: str, document: bytes, *, object_key: str, attributes: Mapping[str, str | int]
    ) -> None:
        """Remember, or refuse."""
        if destination_arn in self.refused:
            raise RuntimeError("no such destination")
        self.sent.append((destination_arn, document, object_key, attributes))


@dataclass(kw_only=True)
class Api:
    """The Lambda API of one account and region, called as the endpoint calls it."""

    scope: LambdaScope
    functions: FunctionHostFake
    mappings: MappingHostFake
    streams: StreamsFake
    destinations: DestinationsFake
    project: Path

    def call(self, operation_name: str, **members: Any) -> Any:
        """Decode, run to the end, and give the answer as a document."""
        return asyncio.run(self.ask(operation_name, **members))

    async def ask(self, operation_name: str, **members: Any) -> Any:
        """``call`` on a loop that is running already."""
        operation = LAMBDA.find(operation_name)
        assert operation is not None
        answer = operation.run(self.scope, decode_object(operation.request, members))
        answer = await answer if isawaitable(answer) else answer
        return msgspec.to_builtins(answer) if isinstance(answer, msgspec.Struct) else answer

    def create_function(self, name: str = "handle-orders", **members: Any) -> Any:
        """Create a function with everything that is mandatory."""
        defaults = {
            "FunctionName": name,
            "Role": ROLE,
            "Runtime": "python3.12",
            "Handler": "app.handler",
            "Code": {"ZipFile": archive({"app.py": "def handler(event, context): ..."})},
        }
        return self.call("CreateFunction", **{**defaults, **members})

    def create_mapping(self, function_name: str = "handle-orders", **members: Any) -> Any:
        """Map the function to the stream from its beginning."""
        defaults = {"FunctionName": function_name, "EventSourceArn": STREAM, "StartingPosition": "TRIM_HORIZON"}
        return self.call("CreateEventSourceMapping", **{**defaults, **members})


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of *files*."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return target.getvalue()


MakeApi = Callable[..., Api]


@pytest.fixture
def make_api(tmp_path: Path) -> Iterator[MakeApi]:
    """Builds the API; on the same *data_folder* again it finds what was there."""
    opened: list[tuple[Database, CodeStore]] = []

    def make(*, data_folder: Path | None = None, fetch_s3_object: FetchS3Object | None = None, seed: int = 7) -> Api:
        ids, clock = Ids(seed), FixedClock()
        database = Database(data_folder)
        project = tmp_path / "project"
        project.mkdir(exist_ok=True)
        code = CodeStore(
            ids=ids,
            folder=None if data_folder is None else data_folder / "code",
            allowed_roots=[project],
            fetch_s3_object=fetch_s3_object,
        )
        opened.append((database, code))
        store = LambdaTables(database)
        functions, mappings, streams = FunctionHostFake(), MappingHostFake(), StreamsFake()
        destinations = DestinationsFake()
        scope = LambdaScope(
            account_id=ACCOUNT,
            region=REGION,
            store=store,
            clock=clock,
            ids=ids,
            function_host=functions,
            mapping_host=mappings,
            streams=streams,
            queues=QueuesFake(),
            code=code,
            routing=AliasRouting(store.attachments, ids),
            asynchronous=AsynchronousInvocations(clock, ids, destinations),
            pattern_is_valid=lambda pattern: pattern.startswith("{"),
            endpoint_url=lambda: "http://127.0.0.1:4566",
            environment={"STAGE": "local"},
        )
        return Api(
            scope=scope,
            functions=functions,
            mappings=mappings,
            streams=streams,
            destinations=destinations,
            project=project,
        )

    yield make
    for database, code in opened:
        database.close()
        code.close()


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    """The API in memory."""
    return make_api()
