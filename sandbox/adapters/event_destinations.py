"""Where results of asynchronous events go: what ``ServiceDestinations`` reaches, event buses, and other functions.

Source: lambda-event-source-mappings §5.3.
"""

from collections.abc import Callable, Mapping

import msgspec

from sandbox.adapters.destinations import DestinationRefused, ServiceDestinations
from sandbox.aws_services.mount import MotoServices
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.submission import submit_event
from sandbox.ids import Ids

__all__ = ["SandboxEventDestinations"]


class SandboxEventDestinations:
    """Delivers within the sandbox; implements ``awslambda.ports.EventDestinations``.

    Args:
        scope_of: account id and region -> the Lambda API of both.
    """

    def __init__(
        self,
        destinations: ServiceDestinations,
        services: MotoServices,
        *,
        scope_of: Callable[[str, str], LambdaScope],
        ids: Ids,
    ) -> None:
        self._destinations = destinations
        self._services = services
        self._scope_of = scope_of
        self._ids = ids

    async def send(
        self, destination_arn: str, document: bytes, *, object_key: str, attributes: Mapping[str, str | int]
    ) -> None:
        """Deliver *document*.

        Raises:
            DestinationRefused: there is no such queue, topic, bucket or event bus, or it refused.
            ApiFault: there is no such function.
        """
        _, _, service, region, account_id, *_ = destination_arn.split(":")
        match service:
            case "lambda":
                scope = self._scope_of(account_id, region)
                submit_event(scope, scope.reference(destination_arn), document, request_id=self._ids.uuid())
            case "events":
                await self._put_event(region, account_id, destination_arn, document)
            case _:
                await self._destinations.send(destination_arn, document, object_key=object_key, attributes=attributes)

    async def _put_event(self, region: str, account_id: str, bus_arn: str, document: bytes) -> None:
        context = msgspec.json.decode(document)["requestContext"]
        outcome = "Success" if context["condition"] == "Success" else "Failure"
        entry = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {outcome}",
            "Detail": document.decode(),
            "EventBusName": bus_arn,
            "Resources": [bus_arn, context["functionArn"]],
        }
        reply = await self._services.call(
            "events",
            account_id=account_id,
            region=region,
            headers={"content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents"},
            body=msgspec.json.encode({"Entries": [entry]}),
        )
        if reply.status >= 300 or msgspec.json.decode(reply.body).get("FailedEntryCount"):
            raise DestinationRefused(f"EventBridge: {reply.body.decode(errors='replace')}")
