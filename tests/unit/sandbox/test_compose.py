"""What the whole promises beyond its parts."""

import asyncio

from sandbox.compose import Sandbox
from sandbox.config import Settings


def test_drain_waits_for_what_is_due_to_expire() -> None:
    """A test advances the clock, drains and looks at once; the sweeper, which the clock wakes, may be some turns behind."""

    async def scenario() -> None:
        sandbox = Sandbox(Settings(port=0))
        await sandbox.start_without_port()
        try:
            await sandbox.call(
                "CreateTable",
                {
                    "TableName": "sessions",
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            )
            enabled = {"AttributeName": "until", "Enabled": True}
            await sandbox.call("UpdateTimeToLive", {"TableName": "sessions", "TimeToLiveSpecification": enabled})
            until = int(sandbox.clock.now()) + 60
            for number in range(250):  # more than are swept in one go
                item = {"id": {"S": str(number)}, "until": {"N": str(until)}}
                await sandbox.call("PutItem", {"TableName": "sessions", "Item": item})
            sandbox.clock.advance(3_600)
            assert (await sandbox.drain()).drained
            assert (await sandbox.call("Scan", {"TableName": "sessions"}))["Count"] == 0
        finally:
            await sandbox.close()

    asyncio.run(scenario())
