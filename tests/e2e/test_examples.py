"""Every example is what its README says."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.compose import Sandbox
from sandbox.config import Settings
from sandbox.project.apply import apply
from sandbox.project.load import load_project

EXAMPLES = Path(__file__).parents[2] / "examples"


def order(customer: str, order_id: str, amount: int) -> dict[str, Any]:
    item = {"customer": {"S": customer}, "order_id": {"S": order_id}, "amount": {"N": str(amount)}}
    return {"TableName": "orders", "Item": item}


@pytest.mark.parametrize("template", sorted(EXAMPLES.glob("*/template.yaml")), ids=lambda path: path.parent.name)
def test_every_example_loads_without_a_notice(template: Path) -> None:
    assert load_project(template).notices == ()


@pytest.mark.parametrize("runtime", ["process", "in-process"])
def test_orders_are_counted_once_and_gold_customers_greeted(runtime: str) -> None:
    template = EXAMPLES / "orders" / "template.yaml"

    async def story() -> tuple[Any, list[str]]:
        project = load_project(template)
        settings = Settings(port=0, runtime=runtime, project_folder=template.parent, watch_code=False)
        sandbox = Sandbox(settings)
        await sandbox.start()
        try:
            await apply(project, sandbox)
            await apply(project, sandbox)  # a second time changes nothing
            for customer, order_id, amount in (
                ("ada", "o-1", 42),
                ("bob", "o-2", 15),
                ("ada", "o-3", 70),
                ("ada", "o-4", 1),
            ):
                await sandbox.call("PutItem", order(customer, order_id, amount))
            await sandbox.call("PutItem", order("ada", "o-1", 42))  # a MODIFY: the filter keeps it away
            report = await sandbox.drain()
            assert report.drained, report.stuck
            answer = await sandbox.call("Scan", {"TableName": "customer-totals"})
            logged = await sandbox.call("FilterLogEvents", {"logGroupName": "/aws/lambda/on_gold"}, service="logs")
        finally:
            await sandbox.close()
        return answer, [event["message"].strip() for event in logged["events"]]

    answer, printed = asyncio.run(story())
    totals = {item["customer"]["S"]: item for item in answer["Items"]}
    assert totals["ada"]["spent"] == {"N": "113"}
    assert totals["ada"]["tier"] == {"S": "gold"}
    assert totals["bob"]["spent"] == {"N": "15"}
    assert [line for line in printed if "gold customer" in line] == ["ada is a gold customer now"]
