"""The pytest plugin: a ``sandbox`` fixture with a whole AWS stack of one test's own.

    def test_order(sandbox):
        table = sandbox.table("orders", "id")
        seen = []
        sandbox.deploy(lambda event, context: seen.extend(event["Records"]), table)
        sandbox.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "1"}})
        sandbox.drain()
        assert seen[0]["eventName"] == "INSERT"

Loaded into every pytest run of whoever has the package installed, so it imports nothing before a test asks for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.testing.embedded import EmbeddedSandbox

__all__: list[str] = []

_MARKER = "sandbox_settings"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options that a project sets once."""
    parser.addini(
        "sandbox_runtime",
        "where the handlers of the sandbox fixture run: in-process or process",
        default="in-process",
    )
    parser.addini("sandbox_region", "the region of the sandbox fixture", default="us-east-1")
    parser.addini("sandbox_account_id", "the account of the sandbox fixture", default="000000000000")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that a test sets for itself."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**settings): settings of this test's sandbox, by the names of sandbox.config.Settings "
        "(runtime, watch_code, stream_shards, …)",
    )


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> "Iterator[EmbeddedSandbox]":
    """A sandbox of this test's own: in memory, on a free port, its handlers in this process."""
    from sandbox.testing.embedded import EmbeddedSandbox  # noqa: PLC0415 - only for tests that ask for it

    with EmbeddedSandbox(_settings(request), search_folders=(request.path.parent, request.config.rootpath)) as one:
        yield one


@pytest.fixture
def sandbox_environment(sandbox: "EmbeddedSandbox", monkeypatch: pytest.MonkeyPatch) -> "EmbeddedSandbox":
    """The ``sandbox`` fixture, found by every SDK client that the code under test makes: it is in ``os.environ``."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return sandbox


def _settings(request: pytest.FixtureRequest) -> Any:
    from sandbox.config import Settings  # noqa: PLC0415 - as above

    config = request.config
    chosen: dict[str, Any] = {
        "port": 0,
        "runtime": config.getini("sandbox_runtime"),
        "watch_code": False,
        "hold_unloadable_code": True,  # drain tells of it at once, where retries would go on for as long as it waits
        "project_folder": config.rootpath,
        "default_region": config.getini("sandbox_region"),
        "default_account_id": config.getini("sandbox_account_id"),
    }
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        chosen |= marker.kwargs
    return Settings(**chosen)
