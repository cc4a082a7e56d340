"""The members of event source mapping requests and what the service model declares about them. Source: esm §1.2."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from sandbox.awslambda.shapes import AnyArn
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape

__all__ = ["Destination", "DestinationConfig", "FilterCriteria", "MappingSettings", "MappingUuid", "MetricsConfig"]

MappingUuid = Annotated[str, Meta(min_length=36, max_length=36)]
DestinationArn = Annotated[
    str,
    Meta(
        max_length=350,
        pattern=whole(
            r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:"
            r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"
        ),
    ),
]


class Filter(RequestShape):
    """One pattern, as JSON text."""

    pattern: Annotated[str, Meta(max_length=4_096)] | None = None


class FilterCriteria(RequestShape):
    """The patterns of which one must match."""

    filters: list[Filter] | None = None


class Destination(RequestShape):
    """Where records of discarded batches go, or results of asynchronous events."""

    destination: DestinationArn | None = None


class DestinationConfig(RequestShape):
    """``OnSuccess`` is for asynchronous events; operations on mappings refuse it."""

    on_success: Destination | None = None
    on_failure: Destination | None = None


class MetricsConfig(RequestShape):
    """Which counters the mapping keeps."""

    metrics: Annotated[list[Literal["EventCount", "ErrorCount", "KafkaMetrics"]], Meta(max_length=3)] | None = None


class MappingSettings(RequestShape):
    """What Create- and UpdateEventSourceMapping have in common; ``None`` leaves a setting as it is.

    The last group belongs to sources other than DynamoDB streams and is refused in the operations' own words.
    """

    enabled: bool | None = None
    batch_size: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    maximum_batching_window_in_seconds: Annotated[int, Meta(ge=0, le=300)] | None = None
    parallelization_factor: Annotated[int, Meta(ge=1, le=10)] | None = None
    maximum_record_age_in_seconds: Annotated[int, Meta(ge=-1, le=604_800)] | None = None
    bisect_batch_on_function_error: bool | None = None
    maximum_retry_attempts: Annotated[int, Meta(ge=-1, le=10_000)] | None = None
    tumbling_window_in_seconds: Annotated[int, Meta(ge=0, le=900)] | None = None
    function_response_types: Annotated[list[Literal["ReportBatchItemFailures"]], Meta(max_length=1)] | None = None
    destination_config: DestinationConfig | None = None
    filter_criteria: FilterCriteria | None = None
    kms_key_arn: AnyArn | None = field(default=None, name="KMSKeyArn")
    metrics_config: MetricsConfig | None = None

    scaling_config: dict[str, Any] | None = None
    source_access_configurations: list[Any] | None = None
    amazon_managed_kafka_event_source_config: dict[str, Any] | None = None
    self_managed_kafka_event_source_config: dict[str, Any] | None = None
    document_db_event_source_config: dict[str, Any] | None = field(default=None, name="DocumentDBEventSourceConfig")
    provisioned_poller_config: dict[str, Any] | None = None
