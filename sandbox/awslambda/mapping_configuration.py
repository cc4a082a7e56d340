"""An event source mapping as Lambda answers it: made, changed, and shown in its passing states.

What is stored is what a passing state settles to (see ``configuration.py``). Source: recorded-answers §1, §2.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.arn import event_source_mapping_arn
from sandbox.awslambda.mapping_shapes import MappingSettings

__all__ = ["NOTHING_PROCESSED", "changed_mapping", "new_mapping", "shown_mapping"]

NOTHING_PROCESSED = "No records processed"
_REASON = "User action"


def new_mapping(
    request: MappingSettings,
    *,
    uuid: str,
    account_id: str,
    region: str,
    function_arn: str,
    stream_arn: str,
    starting_position: str,
    now: float,
) -> dict[str, Any]:
    """Make the configuration of a new mapping; every member but filters, key and metrics is always there."""
    configuration: dict[str, Any] = {
        "UUID": uuid,
        "EventSourceMappingArn": event_source_mapping_arn(region, account_id, uuid),
        "StartingPosition": starting_position,
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "EventSourceArn": stream_arn,
        "FunctionArn": function_arn,
        "LastModified": now,
        "State": "Enabled",
        "StateTransitionReason": _REASON,
        "DestinationConfig": {"OnFailure": {}},
        "MaximumRecordAgeInSeconds": -1,
        "BisectBatchOnFunctionError": False,
        "MaximumRetryAttempts": -1,
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
    }
    return changed_mapping(configuration, request, function_arn=function_arn, now=now)


def changed_mapping(
    configuration: Mapping[str, Any], request: MappingSettings, *, function_arn: str, now: float
) -> dict[str, Any]:
    """Lay the settings of a request over *configuration*."""
    given: dict[str, Any] = {
        "BatchSize": request.batch_size,
        "MaximumBatchingWindowInSeconds": request.maximum_batching_window_in_seconds,
        "ParallelizationFactor": request.parallelization_factor,
        "MaximumRecordAgeInSeconds": request.maximum_record_age_in_seconds,
        "BisectBatchOnFunctionError": request.bisect_batch_on_function_error,
        "MaximumRetryAttempts": request.maximum_retry_attempts,
        "TumblingWindowInSeconds": request.tumbling_window_in_seconds,
        "FunctionResponseTypes": request.function_response_types,
        "KMSKeyArn": request.kms_key_arn,
        "MetricsConfig": msgspec.to_builtins(request.metrics_config),
        "FilterCriteria": msgspec.to_builtins(request.filter_criteria),
        "ScalingConfig": request.scaling_config,
    }
    if request.destination_config is not None:
        given["DestinationConfig"] = _destination(request)
    if request.enabled is not None:
        given["State"] = "Enabled" if request.enabled else "Disabled"
    members = {**configuration, **{name: value for name, value in given.items() if value is not None}}
    # {"Filters": []} is accepted and dropped; so it takes filters away. Source: recorded-answers §1.
    empty: dict[str, tuple[Any, ...]] = {
        "FilterCriteria": ({}, {"Filters": []}),
        "KMSKeyArn": ("",),
        "MetricsConfig": ({},),
        "ScalingConfig": ({},),
    }
    kept = {name: value for name, value in members.items() if value not in empty.get(name, ())}
    return {**kept, "FunctionArn": function_arn, "LastModified": now}


def shown_mapping(
    configuration: Mapping[str, Any],
    *,
    last_processing_result: str | None,
    state: str | None = None,
    listed: bool = False,
) -> dict[str, Any]:
    """Show a mapping, in the passing *state* where one is given.

    A list leaves out filters that are encrypted with a key of the user. Source: esm §1.2.
    """
    hidden = {"FilterCriteria"} if listed and "KMSKeyArn" in configuration else set()
    # Of a queue, Lambda tells no result. Source: CreateEventSourceMapping's example for SQS.
    is_stream = "StartingPosition" in configuration
    return {
        **{name: value for name, value in configuration.items() if name not in hidden},
        "State": state or configuration["State"],
        **({"LastProcessingResult": last_processing_result or NOTHING_PROCESSED} if is_stream else {}),
    }


def _destination(request: MappingSettings) -> dict[str, Any]:
    config = request.destination_config
    on_failure = config.on_failure if config is not None else None
    destination = on_failure.destination if on_failure is not None else None
    return {"OnFailure": {"Destination": destination} if destination else {}}
