"""Every example is what its README says, unchanged, wherever its functions run."""

import asyncio
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sandbox.compose import Sandbox
from sandbox.config import Settings
from sandbox.project.apply import apply
from sandbox.project.load import load_project
from tests.e2e.engine import IMAGE

EXAMPLES = Path(__file__).parents[2] / "examples"
DOCKER = pytest.param("docker", marks=pytest.mark.docker)
SECONDS_MAX = 120.0
"""A container may take long to start on a busy machine."""

T = TypeVar("T")


@pytest.fixture
def runtime(request: pytest.FixtureRequest) -> str:
    """The runtime that a test is parametrised with; for containers there is an engine."""
    name: str = request.param
    if name == "docker":
        request.getfixturevalue("engine")
    return name


def play(folder: Path, runtime: str, story: Callable[[Sandbox], Awaitable[T]]) -> T:
    """What *story* gives in a sandbox on the project of *folder*, once everything was delivered."""
    project = load_project(folder / "template.yaml")
    images = {function.request["Runtime"]: IMAGE for function in project.functions}

    async def run() -> T:
        settings = Settings(port=0, runtime=runtime, project_folder=folder, watch_code=False, images=images)
        sandbox = Sandbox(settings)
        await sandbox.start()
        try:
            await apply(project, sandbox)
            await apply(project, sandbox)  # a second time changes nothing
            return await story(sandbox)
        finally:
            await sandbox.close()

    return asyncio.run(run())


async def put(sandbox: Sandbox, table: str, item: dict[str, Any]) -> None:
    """Put an item."""
    await sandbox.call("PutItem", {"TableName": table, "Item": item})


async def printed(sandbox: Sandbox, function: str) -> list[str]:
    """What *function* has logged, once everything was delivered."""
    report = await sandbox.drain(SECONDS_MAX)
    assert report.drained, report.stuck
    logged = await sandbox.call("FilterLogEvents", {"logGroupName": f"/aws/lambda/{function}"}, service="logs")
    return [event["message"].strip() for event in logged["events"]]


def order(customer: str, order_id: str, amount: int) -> dict[str, Any]:
    return {"customer": {"S": customer}, "order_id": {"S": order_id}, "amount": {"N": str(amount)}}


@pytest.mark.parametrize("template", sorted(EXAMPLES.glob("*/template.yaml")), ids=lambda path: path.parent.name)
def test_every_example_loads_without_a_notice(template: Path) -> None:
    assert load_project(template).notices == ()


@pytest.mark.parametrize("runtime", ["process", "in-process", DOCKER], indirect=True)
def test_orders_are_counted_once_and_gold_customers_greeted(runtime: str) -> None:
    async def story(sandbox: Sandbox) -> tuple[Any, list[str]]:
        for customer, order_id, amount in (
            ("ada", "o-1", 42),
            ("bob", "o-2", 15),
            ("ada", "o-3", 70),
            ("ada", "o-4", 1),
        ):
            await put(sandbox, "orders", order(customer, order_id, amount))
        await put(sandbox, "orders", order("ada", "o-1", 42))  # a MODIFY: the filter keeps it away
        told = await printed(sandbox, "on_gold")
        return await sandbox.call("Scan", {"TableName": "customer-totals"}), told

    answer, told = play(EXAMPLES / "orders", runtime, story)
    totals = {item["customer"]["S"]: item for item in answer["Items"]}
    assert totals["ada"]["spent"] == {"N": "113"}
    assert totals["ada"]["tier"] == {"S": "gold"}
    assert totals["bob"]["spent"] == {"N": "15"}
    assert [line for line in told if "gold customer" in line] == ["ada is a gold customer now"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_shipments_are_labelled_by_a_node_function() -> None:
    async def story(sandbox: Sandbox) -> list[str]:
        await put(sandbox, "shipments", {"id": {"S": "s-1"}, "address": {"S": "Main Street 1"}})
        await printed(sandbox, "on_shipment")
        await put(sandbox, "shipments", {"id": {"S": "s-2"}})
        await printed(sandbox, "on_shipment")  # given up by now
        await put(sandbox, "shipments", {"id": {"S": "s-3"}, "address": {"S": "Side Street 3"}})
        return await printed(sandbox, "on_shipment")

    told = [line.rpartition("\t")[2] for line in play(EXAMPLES / "shipments", "process", story)]
    assert [line for line in told if " to " in line] == ["6A840B to Main Street 1", "8252AB to Side Street 3"]
    refused = [line for line in told if line.startswith("s-2: a shipment needs an address")]
    assert len(refused) == 3, "once, and two retries"


@pytest.mark.skipif(not (shutil.which("cc") and shutil.which("make")), reason="there is no C compiler on this machine")
@pytest.mark.parametrize("runtime", ["process", DOCKER], indirect=True)
def test_readings_are_read_by_a_compiled_program(runtime: str, tmp_path: Path) -> None:
    folder = tmp_path / "readings"
    shutil.copytree(EXAMPLES / "readings", folder, ignore=shutil.ignore_patterns("bootstrap"))
    subprocess.run(["make", "-s", "-C", folder / "functions" / "on_reading"], check=True)

    async def story(sandbox: Sandbox) -> tuple[list[str], list[Any]]:
        await put(sandbox, "readings", {"sensor": {"S": "boiler"}, "at": {"S": "12"}, "celsius": {"N": "61.5"}})
        await put(sandbox, "readings", {"sensor": {"S": "cellar"}, "at": {"S": "12"}, "celsius": {"N": "-3"}})
        told = await printed(sandbox, "on_reading")
        alone = await sandbox.call("Invoke", {"FunctionName": "on_reading", "Payload": "e30="}, service="lambda")
        await sandbox.call(
            "UpdateFunctionConfiguration", {"FunctionName": "on_reading", "Environment": {}}, service="lambda"
        )
        unset = await sandbox.call("Invoke", {"FunctionName": "on_reading", "Payload": "e30="}, service="lambda")
        return told, [alone, unset]

    told, answers = play(folder, runtime, story)
    assert "61.5 degrees is too hot" in told
    assert sum(int(line.split()[0]) for line in told if line.endswith(" readings")) == 2
    assert answers == [
        {"errorType": "Readings.NoRecords", "errorMessage": "the event has no records"},
        {"errorType": "Readings.NoLimit", "errorMessage": "TOO_HOT_CELSIUS is not set"},
    ]
