"""What Lambda refuses in event source mappings of DynamoDB streams, in its order and words.

The order, as far as it was observed: model constraints (the wire's), the source, OnSuccess, the function, then
everything else. Source: esm §1.5; recorded-answers §3. Wordings marked "assumption" were never recorded.
"""

import re
from collections.abc import Mapping

from sandbox.awslambda.faults import InvalidParameterValueException, NotImplementedException
from sandbox.awslambda.mapping_shapes import DestinationConfig, FilterCriteria, MappingSettings
from sandbox.awslambda.scope import PatternCheck

__all__ = [
    "check_destination",
    "check_foreign_members",
    "check_on_success",
    "check_settings",
    "check_source",
    "check_starting_position",
    "check_windows",
]

FILTERS_MAX = 10
RECORD_AGE_SECONDS_MIN = 60

_STREAM_ARN = re.compile(r"arn:aws[a-zA-Z-]*:dynamodb:[^:]*:\d{12}:table/[a-zA-Z0-9_.-]{1,255}/stream/.+")
_OTHER_SOURCES = frozenset({"docdb", "kafka", "kinesis", "mq", "rds"})
_UNSUPPORTED = "Unsupported {} parameter for given event source mapping type."
_DESTINATION_SERVICES = frozenset({"s3", "sns", "sqs"})


def check_source(event_source_arn: str | None) -> str:
    """Give the stream ARN.

    Raises:
        InvalidParameterValueException: none, or nothing that Lambda polls.
        NotImplementedException: a source that AWS polls and this sandbox does not.
    """
    if event_source_arn is not None:
        if _STREAM_ARN.fullmatch(event_source_arn):
            return event_source_arn
        service = event_source_arn.split(":")[2]
        if service in _OTHER_SOURCES:
            raise NotImplementedException(
                f"This sandbox polls DynamoDB streams and SQS queues; event source mappings on {service} are not implemented."
            )
    raise InvalidParameterValueException("Unrecognized event source.")


def check_on_success(config: DestinationConfig | None) -> None:
    """Refuse OnSuccess, which is for asynchronous invocation only.

    Raises:
        InvalidParameterValueException: it is given.
    """
    if config is not None and config.on_success is not None:
        raise InvalidParameterValueException(_UNSUPPORTED.format("DestinationConfig"))


def check_destination(config: DestinationConfig | None) -> None:
    """Refuse destinations that Lambda does not write to.

    Raises:
        InvalidParameterValueException: a FIFO queue or topic, or another service.
    """
    if config is None:
        return
    destination = config.on_failure.destination if config.on_failure is not None else None
    if not destination:
        return
    # Assumption: that both are refused is documented, with which words is not.
    if destination.startswith("kafka://") or destination.split(":")[2] not in _DESTINATION_SERVICES:
        raise InvalidParameterValueException(
            f"Unsupported destination for given event source mapping type: {destination}"
        )
    if destination.endswith(".fifo"):
        raise InvalidParameterValueException(f"FIFO destinations are not supported: {destination}")


def check_starting_position(position: str | None, stream_arn: str) -> str:
    """Give the position where polling begins.

    Raises:
        InvalidParameterValueException: none, or one that DynamoDB streams do not have.
    """
    if position is None:
        raise InvalidParameterValueException(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must not be null."
        )
    if position == "AT_TIMESTAMP":
        raise InvalidParameterValueException(f"Unsupported starting position for arn type: {stream_arn}")
    return position


def check_foreign_members(
    request: MappingSettings, more: Mapping[str, object] | None = None, *, of_queue: bool = False
) -> None:
    """Refuse settings of other kinds of sources; *more* are those that only Create has.

    Raises:
        InvalidParameterValueException: one is given.
    """
    given = {
        **(more or {}),
        "ScalingConfig": None if of_queue else request.scaling_config,
        "SourceAccessConfigurations": request.source_access_configurations,
        "AmazonManagedKafkaEventSourceConfig": request.amazon_managed_kafka_event_source_config,
        "SelfManagedKafkaEventSourceConfig": request.self_managed_kafka_event_source_config,
        "DocumentDBEventSourceConfig": request.document_db_event_source_config,
        "ProvisionedPollerConfig": request.provisioned_poller_config,
    }
    for name, value in given.items():
        if value:
            # Assumption: the recorded sentence about DestinationConfig, with the other name.
            raise InvalidParameterValueException(_UNSUPPORTED.format(name))


def check_settings(request: MappingSettings, pattern_is_valid: PatternCheck) -> None:
    """Refuse what bounds alone cannot say.

    Raises:
        InvalidParameterValueException: an age between 1 and 59 (or 0), too many filters, or a filter that cannot be.
    """
    age_seconds = request.maximum_record_age_in_seconds
    if age_seconds is not None and -1 < age_seconds < RECORD_AGE_SECONDS_MIN:
        raise InvalidParameterValueException(
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"
        )
    if request.filter_criteria is not None:
        _check_filters(request.filter_criteria, pattern_is_valid)


def check_windows(*, tumbling_window_seconds: int, parallelization_factor: int) -> None:
    """Refuse lanes where there are windows.

    Raises:
        InvalidParameterValueException: both are asked for. Assumption: the rule is documented, the wording is not.
    """
    if tumbling_window_seconds > 0 and parallelization_factor > 1:
        raise InvalidParameterValueException("Tumbling windows require a ParallelizationFactor of 1.")


def _check_filters(criteria: FilterCriteria, pattern_is_valid: PatternCheck) -> None:
    filters = criteria.filters or []
    if len(filters) > FILTERS_MAX:
        # Assumption: 5 is the quota and 10 what it can be raised to; the wording was not recorded.
        raise InvalidParameterValueException(f"An event source mapping can have at most {FILTERS_MAX} filters.")
    if any(each.pattern is None or not pattern_is_valid(each.pattern) for each in filters):
        raise InvalidParameterValueException("Invalid filter pattern definition.")
