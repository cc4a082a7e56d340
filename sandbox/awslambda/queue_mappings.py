"""Event source mappings on SQS queues: what Lambda refuses, and what it keeps of one.

Source: AWS Lambda API reference, CreateEventSourceMapping; the wordings as people report them
(ansible-collections/amazon.aws#1995, aws/aws-lambda-dotnet#1758, 18F/identity-terraform#27).
"""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.arn import event_source_mapping_arn
from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.mapping_shapes import MappingSettings

__all__ = ["check_queue_settings", "check_visibility", "is_queue", "new_queue_mapping"]

_QUEUE_ARN = re.compile(r"arn:aws[a-zA-Z-]*:sqs:[^:]+:\d{12}:[a-zA-Z0-9_-]{1,80}(\.fifo)?")
_SMALL_BATCH_MAX = 10
_UNSUPPORTED = "Unsupported {} parameter for given event source mapping type."


def is_queue(event_source_arn: str) -> bool:
    """Whether *event_source_arn* names an SQS queue."""
    return _QUEUE_ARN.fullmatch(event_source_arn) is not None


def check_queue_settings(request: MappingSettings, queue_arn: str, before: Mapping[str, Any] | None = None) -> None:
    """Refuse what belongs to streams, and batches that SQS cannot fill; *before* is the mapping that is changed.

    Raises:
        InvalidParameterValueException: such a setting is given.
    """
    given = {
        "StartingPosition": getattr(request, "starting_position", None),
        "StartingPositionTimestamp": getattr(request, "starting_position_timestamp", None),
        "ParallelizationFactor": request.parallelization_factor,
        "DestinationConfig": request.destination_config,
        "MaximumRecordAgeInSeconds": request.maximum_record_age_in_seconds,
        "BisectBatchOnFunctionError": request.bisect_batch_on_function_error,
        "MaximumRetryAttempts": request.maximum_retry_attempts,
        "TumblingWindowInSeconds": request.tumbling_window_in_seconds,
    }
    for name, value in given.items():
        if value is not None:
            # Assumption: the sentence recorded for DestinationConfig, with the other name.
            raise InvalidParameterValueException(_UNSUPPORTED.format(name))
    settled = before or {}
    batch_size = request.batch_size or settled.get("BatchSize", _SMALL_BATCH_MAX)
    window_seconds = request.maximum_batching_window_in_seconds
    if window_seconds is None:
        window_seconds = settled.get("MaximumBatchingWindowInSeconds", 0)
    if queue_arn.endswith(".fifo"):
        if window_seconds:
            raise InvalidParameterValueException("Batching window is not supported for FIFO queues")
        if batch_size > _SMALL_BATCH_MAX:  # assumption: the limit is documented, with which words is not
            raise InvalidParameterValueException("Batch size is not supported for FIFO queues: it must be at most 10")
    if batch_size > _SMALL_BATCH_MAX and not window_seconds:
        raise InvalidParameterValueException(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )


def check_visibility(visibility_seconds: int, function_seconds: int) -> None:
    """Refuse a queue whose messages come back while the function still works on them.

    Raises:
        InvalidParameterValueException: its visibility timeout is shorter than the function's.
    """
    if visibility_seconds < function_seconds:
        raise InvalidParameterValueException(
            f"Queue visibility timeout: {visibility_seconds} seconds is less than "
            f"Function timeout: {function_seconds} seconds"
        )


def new_queue_mapping(
    *, uuid: str, account_id: str, region: str, function_arn: str, queue_arn: str, now: float
) -> dict[str, Any]:
    """The configuration of a new mapping before its settings: what a stream's has besides is not there."""
    return {
        "UUID": uuid,
        "EventSourceMappingArn": event_source_mapping_arn(region, account_id, uuid),
        "BatchSize": _SMALL_BATCH_MAX,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": queue_arn,
        "FunctionArn": function_arn,
        "LastModified": now,
        "State": "Enabled",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
    }
