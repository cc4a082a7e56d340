"""Functions uploaded as zip files, and mappings that end with their test."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ROLE = "arn:aws:iam::000000000000:role/test"
ECHO = "def handler(event, context):\n    return event\n"


def zipped(**files: str) -> bytes:
    """A zip file of *files*, ``__`` in a name standing for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def settled(awslambda: Any, uuid: str) -> dict[str, Any]:
    """The mapping once its state no longer passes."""
    for _ in range(1000):
        answer: dict[str, Any] = awslambda.get_event_source_mapping(UUID=uuid)
        if not answer["State"].endswith("ing"):
            return answer
    raise AssertionError("the mapping did not settle")


@pytest.fixture(scope="session")
def zip_of() -> Callable[..., bytes]:
    return zipped


@pytest.fixture(scope="session")
def make_function(
    awslambda: Any, unique: Callable[[], str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., str]]:
    """Create a Python function from the text of its ``app.py`` and wait until it is Active; gives its name.

    Where no function can run, none becomes Active, and its name is all that is needed.
    """
    can_run = not request.config.getoption("--no-invocations")
    made: list[str] = []

    def make(code: str = ECHO, **members: Any) -> str:
        name = members.pop("FunctionName", None) or f"fn-{unique()}"
        awslambda.create_function(
            **{
                "FunctionName": name,
                "Runtime": "python3.12",
                "Role": ROLE,
                "Handler": "app.handler",
                "Code": {"ZipFile": zipped(app__py=code)},
                **members,
            }
        )
        made.append(name)
        if can_run:
            awslambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return name

    yield make
    for name in made:
        try:
            awslambda.delete_function(FunctionName=name)
        except awslambda.exceptions.ResourceNotFoundException:
            continue  # the test deleted it


@pytest.fixture
def make_mapping(awslambda: Any) -> Iterator[Callable[..., dict[str, Any]]]:
    """Create an event source mapping; deleted at the end of the test."""
    made: list[str] = []

    def make(function: str, stream: str, **members: Any) -> dict[str, Any]:
        answer: dict[str, Any] = awslambda.create_event_source_mapping(
            **{
                "FunctionName": function,
                "EventSourceArn": stream,
                "StartingPosition": "TRIM_HORIZON",
                **members,
            }
        )
        made.append(answer["UUID"])
        return answer

    yield make
    for uuid in made:
        try:
            awslambda.delete_event_source_mapping(UUID=uuid)
        except awslambda.exceptions.ResourceNotFoundException:
            continue  # the test deleted it


@pytest.fixture(scope="session")
def stream(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """A stream that nobody writes to."""
    table = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    return str(dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"])


@pytest.fixture
def own_stream(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """A stream of this test's own, as a pair of stream and function may be mapped once only."""
    table = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    return str(dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"])


@pytest.fixture(scope="session")
def function(make_function: Callable[..., str]) -> str:
    """A function that answers its event."""
    return make_function()
