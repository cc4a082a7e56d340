"""Where the record of a discarded batch goes: an SQS queue, an SNS topic or an S3 bucket of this sandbox.

Source: lambda-event-source-mappings §3.8, aws-recorded-answers §7.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlencode

import msgspec

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.s3_objects import store_object

__all__ = ["DestinationRefused", "ServiceDestinations"]

_SENDING_MAX = 4
"""Deliveries in the services' one queue at a time; the others wait here, so that a storm of failures leaves room for
the user's own calls. Each mapping waits for its delivery, which bounds how many can wait."""


class DestinationRefused(Exception):  # noqa: N818 - a state of the world: the poller reports it and goes on
    """The destination did not take the record; the text says why."""


class ServiceDestinations:
    """Delivers to the sandbox's own queues, topics and buckets; implements ``pollers.ports.Destination``."""

    def __init__(self, services: MotoServices, *, default_account_id: str, default_region: str) -> None:
        self._services = services
        self._default_account_id = default_account_id
        self._default_region = default_region
        self._places = asyncio.Semaphore(_SENDING_MAX)

    async def send(
        self,
        destination_arn: str,
        document: bytes,
        *,
        object_key: str,
        attributes: Mapping[str, str | int] = MappingProxyType({}),
    ) -> None:
        """Deliver *document* to the queue, topic or bucket; *object_key* names the object in a bucket.

        *attributes* stand beside the message in a queue or topic.

        Raises:
            DestinationRefused: there is no such destination, it refused, or its kind is not known.
        """
        parts = destination_arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn":
            raise DestinationRefused(f"{destination_arn} is not an ARN")
        _, _, service, region, account_id, resource = parts
        async with self._places:
            if service == "sqs":
                await self._send_message(region, account_id, resource, document, attributes)
            elif service == "sns":
                await self._publish(region, account_id, destination_arn, document, attributes)
            elif service == "s3":
                await self._put(resource, object_key, document)
            else:
                raise DestinationRefused(f"{destination_arn}: only SQS queues, SNS topics and S3 buckets are supported")

    async def _send_message(
        self, region: str, account_id: str, queue: str, document: bytes, attributes: Mapping[str, str | int]
    ) -> None:
        message = {
            "QueueUrl": f"http://localhost/{account_id}/{queue}",
            "MessageBody": document.decode(),
            "MessageAttributes": {
                name: {"DataType": _data_type(value), "StringValue": str(value)} for name, value in attributes.items()
            },
        }
        reply = await self._services.call(
            "sqs",
            account_id=account_id,
            region=region,
            headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage"},
            body=msgspec.json.encode(message),
        )
        if reply.status >= 300:
            raise DestinationRefused(f"SQS: {reply.body.decode(errors='replace')}")

    async def _publish(
        self, region: str, account_id: str, topic_arn: str, document: bytes, attributes: Mapping[str, str | int]
    ) -> None:
        form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": topic_arn, "Message": document.decode()}
        for number, (name, value) in enumerate(attributes.items(), start=1):
            entry = f"MessageAttributes.entry.{number}"
            form[f"{entry}.Name"] = name
            form[f"{entry}.Value.DataType"] = _data_type(value)
            form[f"{entry}.Value.StringValue"] = str(value)
        reply = await self._services.call(
            "sns",
            account_id=account_id,
            region=region,
            headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
            body=urlencode(form).encode(),
        )
        if reply.status >= 300:
            raise DestinationRefused(f"SNS: {reply.body.decode(errors='replace')}")

    async def _put(self, bucket: str, object_key: str, document: bytes) -> None:
        await store_object(
            self._services,
            bucket,
            object_key,
            document,
            account_id=self._default_account_id,  # a bucket's ARN names neither account nor region
            region=self._default_region,
            content_type="application/json",
        )


def _data_type(value: str | int) -> str:
    return "Number" if isinstance(value, int) else "String"
