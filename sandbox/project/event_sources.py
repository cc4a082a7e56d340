"""DynamoDB and SQS events of a function, and ``AWS::Lambda::EventSourceMapping``, to CreateEventSourceMapping requests."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.late import table_of_token
from sandbox.project.project import EventSource, Notice
from sandbox.project.shapes import Document, Flag, ListOf, Number, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_dynamodb_event", "read_mapping", "read_sqs_event"]

_SETTINGS: Final[Mapping[str, Shape]] = {
    "BatchSize": Number(),
    "BisectBatchOnFunctionError": Flag(),
    "DestinationConfig": Struct(
        name="DestinationConfig",
        members={
            "OnFailure": Struct(
                name="OnFailure",
                members={"Destination": Text(), "Type": Text(choices=("SQS", "SNS", "Kafka", "S3Bucket"))},
                required=("Destination",),
            )
        },
    ),
    "Enabled": Flag(),
    "FilterCriteria": Struct(
        name="FilterCriteria",
        members={"Filters": ListOf(of=Struct(name="a filter", members={"Pattern": Text()}, required=("Pattern",)))},
    ),
    "FunctionResponseTypes": ListOf(of=Text(choices=("ReportBatchItemFailures",))),
    "KmsKeyArn": Text(),
    "MaximumBatchingWindowInSeconds": Number(),
    "MaximumRecordAgeInSeconds": Number(),
    "MaximumRetryAttempts": Number(),
    "MetricsConfig": Document(),
    "ParallelizationFactor": Number(),
    "StartingPosition": Text(choices=("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")),
    "StartingPositionTimestamp": Number(),
    "TumblingWindowInSeconds": Number(),
}
_SCALING: Final = Struct(name="ScalingConfig", members={"MaximumConcurrency": Number()})
_OF_QUEUES: Final = (
    "BatchSize", "Enabled", "FilterCriteria", "FunctionResponseTypes", "KmsKeyArn", "MaximumBatchingWindowInSeconds", "MetricsConfig",
)  # fmt: skip
_SQS_EVENT: Final = Struct(
    name="an SQS event",
    members={
        **{name: _SETTINGS[name] for name in _OF_QUEUES},
        "ProvisionedPollerConfig": Unread(),
        "Queue": Text(),
        "ScalingConfig": _SCALING,
    },
    required=("Queue",),
)
_DYNAMODB_EVENT: Final = Struct(
    name="a DynamoDB event", members={**_SETTINGS, "Stream": Text()}, required=("Stream", "StartingPosition")
)
_MAPPING: Final = Struct(
    name="AWS::Lambda::EventSourceMapping",
    members={
        **_SETTINGS,
        "AmazonManagedKafkaEventSourceConfig": Unread(),
        "DocumentDBEventSourceConfig": Unread(),
        "EventSourceArn": Text(),
        "FunctionName": Text(),
        "LoggingConfig": Unread(),
        "ProvisionedPollerConfig": Unread(),
        "Queues": Unread(),
        "ScalingConfig": _SCALING,
        "SelfManagedEventSource": Unread(),
        "SelfManagedKafkaEventSourceConfig": Unread(),
        "SourceAccessConfigurations": Unread(),
        "Tags": ListOf(of=Struct(name="a tag", members={"Key": Text(), "Value": Text()}, required=("Key", "Value"))),
        "Topics": Unread(),
    },
    required=("FunctionName",),
)


def read_dynamodb_event(label: str, properties: Fields, line: int, function_name: str, reader: Reader) -> EventSource:
    """An event of Type DynamoDB under a SAM function's Events. Source: AWS SAM developer guide, DynamoDB."""
    values = reader.struct(properties, _DYNAMODB_EVENT, line)
    stream = values.pop("Stream", "")
    if stream and not _is_stream(stream):
        what = f"the Stream of event {label} is {stream}, which is not the ARN of a DynamoDB stream"
        reader.problems.add(properties.line_of("Stream"), what, "Write it as: Stream: !GetAtt Table.StreamArn")
    return _event_source(label, line, function_name, stream, values)


def read_sqs_event(label: str, properties: Fields, line: int, function_name: str, reader: Reader) -> EventSource:
    """An event of Type SQS under a SAM function's Events. Source: AWS SAM developer guide, SQS."""
    values = reader.struct(properties, _SQS_EVENT, line)
    queue = values.pop("Queue", "")
    if queue and not _is_queue(queue):
        what = f"the Queue of event {label} is not the ARN of a queue"
        reader.problems.add(properties.line_of("Queue"), what, "Write it as: Queue: !GetAtt TheQueue.Arn")
    return _event_source(label, line, function_name, queue, values)


def read_mapping(resource: Resource, reader: Reader, notices: list[Notice]) -> EventSource | None:
    """An ``AWS::Lambda::EventSourceMapping``; ``None`` where its source is neither a DynamoDB stream nor a queue."""
    values = reader.struct(resource.properties, _MAPPING, resource.line)
    source = values.pop("EventSourceArn", "")
    if not _is_stream(source) and not _is_queue(source):
        if reader.problems.found and not source:
            return None
        what = source or "its event source"
        notices.append(
            Notice(
                line=resource.line,
                text=f"{resource.logical_id}: {what} is neither a DynamoDB stream nor a queue, not emulated",
            )
        )
        return None
    if (
        _is_stream(source)
        and "StartingPosition" not in values
        and "StartingPosition" not in resource.properties.entries
    ):
        what = f"{resource.logical_id} has no StartingPosition"
        reader.problems.add(resource.line, what, "Add: StartingPosition: TRIM_HORIZON")
    tags = values.pop("Tags", None)
    if tags:
        values["Tags"] = {tag["Key"]: tag["Value"] for tag in tags if len(tag) == 2}
    function_name = values.pop("FunctionName", "")
    return _event_source(resource.logical_id, resource.line, function_name, source, values)


def _is_stream(text: str) -> bool:
    return table_of_token(text) is not None or (text.startswith("arn:aws:dynamodb:") and "/stream/" in text)


def _is_queue(text: str) -> bool:
    return text.startswith("arn:aws:sqs:")


def _event_source(label: str, line: int, function_name: str, source: str, values: dict[str, Any]) -> EventSource:
    on_failure = values.get("DestinationConfig", {}).get("OnFailure", {})
    on_failure.pop("Type", None)  # SAM's own member, which only chooses the policy of the function's role
    return EventSource(
        label=label,
        line=line,
        function_name=function_name.rpartition(":function:")[2],
        table_name=table_of_token(source),
        request={**values, "EventSourceArn": source, "FunctionName": function_name},
    )
