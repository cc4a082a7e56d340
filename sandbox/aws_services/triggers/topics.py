"""SNS: a subscription with the protocol ``lambda``.

Imports moto: only to be imported in the thread that serves it.

Source: AWS Lambda developer guide, "Using AWS Lambda with Amazon SNS", the example event; SNS developer guide, "Fanout
to Lambda functions".
"""

import base64
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import Subscription

from sandbox.aws_services.triggers.calls import CallFunction, function_call

__all__ = ["publish_to_functions"]

_NOT_SIGNED = "EXAMPLE"
"""Nothing is signed here; AWS's own example has this word in the same place."""


def publish_to_functions(call: CallFunction) -> Any:
    """A ``Subscription.publish`` that hands messages for functions to *call* and leaves the rest to the hosted code."""
    hosted = Subscription.publish

    def publish(
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        if self.protocol != "lambda":
            hosted(
                self,
                message,
                message_id,
                subject=subject,
                message_attributes=message_attributes,
                group_id=group_id,
                deduplication_id=deduplication_id,
                message_structure=message_structure,
            )
            return
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(message_attributes, message):
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        call(function_call(self.endpoint, _event(self, message, message_id, subject, message_attributes or {})))

    return publish


def _event(
    subscription: Subscription, message: str, message_id: str, subject: str | None, attributes: dict[str, Any]
) -> dict[str, Any]:
    region = subscription.topic_arn.split(":")[3]
    host = f"https://sns.{region}.amazonaws.com"
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription.arn,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message_id,
                    "TopicArn": subscription.topic_arn,
                    "Subject": subject,
                    "Message": message,
                    "Timestamp": iso_8601_datetime_with_milliseconds(),
                    "SignatureVersion": "1",
                    "Signature": _NOT_SIGNED,
                    "SigningCertUrl": f"{host}/SimpleNotificationService-{_NOT_SIGNED}.pem",
                    "UnsubscribeUrl": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
                    "MessageAttributes": {
                        name: {"Type": attribute["Type"], "Value": _text(attribute["Value"])}
                        for name, attribute in attributes.items()
                    },
                },
            }
        ]
    }


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
