"""Event buses as destinations; queues, topics and functions are shown by the conformance tests."""

import asyncio
from typing import Any, cast

import msgspec
import pytest

from sandbox.adapters.destinations import DestinationRefused, ServiceDestinations
from sandbox.adapters.event_destinations import SandboxEventDestinations
from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.reply import ForeignReply
from sandbox.awslambda.scope import LambdaScope
from sandbox.ids import Ids

BUS = "arn:aws:events:eu-west-1:000000000000:event-bus/results"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f:$LATEST"


class Services:
    """Writes down calls; gives the answer a test wants."""

    def __init__(self, answer: ForeignReply) -> None:
        self.answer = answer
        self.calls: list[dict[str, Any]] = []

    async def call(self, service: str, **members: Any) -> ForeignReply:
        """Remember."""
        self.calls.append({"service": service, **members})
        return self.answer


def send(services: Services, condition: str) -> None:
    def no_scope(_account_id: str, _region: str) -> LambdaScope:
        raise AssertionError("an event bus is no function")

    moto = cast("MotoServices", services)
    destinations = SandboxEventDestinations(
        ServiceDestinations(moto, default_account_id="000000000000", default_region="us-east-1"),
        moto,
        scope_of=no_scope,
        ids=Ids(1),
    )
    document = msgspec.json.encode({"requestContext": {"condition": condition, "functionArn": FUNCTION}})
    asyncio.run(destinations.send(BUS, document, object_key="", attributes={}))


@pytest.mark.parametrize(("condition", "outcome"), [("Success", "Success"), ("RetriesExhausted", "Failure")])
def test_a_bus_receives_the_document_as_detail(condition: str, outcome: str) -> None:
    services = Services(reply(200, b'{"FailedEntryCount": 0}'))
    send(services, condition)
    (call,) = services.calls
    assert (call["service"], call["account_id"], call["region"]) == ("events", "000000000000", "eu-west-1")
    (entry,) = msgspec.json.decode(call["body"])["Entries"]
    assert entry.pop("Detail") == f'{{"requestContext":{{"condition":"{condition}","functionArn":"{FUNCTION}"}}}}'
    assert entry == {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {outcome}",
        "EventBusName": BUS,
        "Resources": [BUS, FUNCTION],
    }


@pytest.mark.parametrize(("status", "body"), [(400, b'{"message": "no"}'), (200, b'{"FailedEntryCount": 1}')])
def test_a_bus_that_refuses_says_so(status: int, body: bytes) -> None:
    with pytest.raises(DestinationRefused, match="EventBridge"):
        send(Services(reply(status, body)), "Success")


def reply(status: int, body: bytes) -> ForeignReply:
    return ForeignReply(status=status, headers=(), body=body)
