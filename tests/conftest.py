"""Options and fixtures of the whole test suite."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # how fast a machine is says nothing about the code


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the black-box suites be aimed at any implementation, and have the product's own plugin."""
    if not pluginmanager.has_plugin("sandbox"):  # the package is not installed: tests run from the source folder
        pluginmanager.import_plugin("sandbox.testing.plugin")
    parser.addoption(
        "--endpoint-url",
        default=None,
        help="run tests/conformance against this endpoint instead of an embedded sandbox",
    )
    parser.addoption(
        "--no-invocations",
        action="store_true",
        help="leave out what has to invoke a function for a mapping, for endpoints that cannot run any",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Write the rules a test holds into its JUnit entry, where ``docs/make_mapping_conformance.py`` finds them."""
    for item in items:
        item.user_properties += [("rule", rule) for mark in item.iter_markers("rule") for rule in mark.args]
    if config.getoption("--no-invocations"):
        delivering = [item for item in items if "set_up" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=delivering)
        items[:] = [item for item in items if item not in delivering]


def pytest_collection_finish() -> None:
    """Keep thousands of collected tests and all that is imported out of every garbage collection from now on."""
    gc.freeze()


@pytest.fixture(scope="session")
def endpoint_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The endpoint under test: the one given, or a sandbox of this session's own."""
    given: str | None = request.config.getoption("--endpoint-url")
    if given:
        yield given.rstrip("/")
        return
    from sandbox.config import Settings  # noqa: PLC0415 - not needed when aimed elsewhere
    from sandbox.testing.embedded import EmbeddedSandbox  # noqa: PLC0415 - as above

    as_at_aws = Settings(port=0, runtime="in-process", watch_code=False)  # code that does not load uses up its retries
    with EmbeddedSandbox(as_at_aws) as sandbox:
        yield sandbox.endpoint_url
