"""Which types of other services are made, and by whom they are read."""

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.project.project import ServiceResource
from sandbox.project.services.buckets import read_bucket
from sandbox.project.services.place import Place
from sandbox.project.services.queues import read_queue
from sandbox.project.services.rules import read_event_bus, read_rule
from sandbox.project.services.stored_values import read_kinesis_stream, read_parameter, read_secret
from sandbox.project.services.topics import read_subscription, read_topic
from sandbox.project.shapes import Reader
from sandbox.project.template import Resource

__all__ = ["SERVICE_READERS"]

SERVICE_READERS: Final[Mapping[str, Callable[[Resource, str, Reader, Place], ServiceResource]]] = {
    "AWS::Events::EventBus": read_event_bus,
    "AWS::Events::Rule": read_rule,
    "AWS::Kinesis::Stream": read_kinesis_stream,
    "AWS::S3::Bucket": read_bucket,
    "AWS::SNS::Subscription": read_subscription,
    "AWS::SNS::Topic": read_topic,
    "AWS::SQS::Queue": read_queue,
    "AWS::SSM::Parameter": read_parameter,
    "AWS::SecretsManager::Secret": read_secret,
}
"""Faults go to the reader's problems."""
