from typing import Any

import pytest

from pollers.mapping import RANGES, EventSourceMapping

LEAST = {"UUID": "u", "EventSourceArn": "s", "FunctionArn": "f"}


def test_the_defaults_are_those_recorded() -> None:
    assert EventSourceMapping.from_configuration(LEAST) == EventSourceMapping(
        uuid="u", event_source_arn="s", function_arn="f"
    )
    assert {name: one.default for name, one in RANGES.items()} == {
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": -1,
        "TumblingWindowInSeconds": 0,
    }


def test_every_member_is_read() -> None:
    read = EventSourceMapping.from_configuration(
        {
            **LEAST,
            "BatchSize": 7,
            "MaximumBatchingWindowInSeconds": 3,
            "ParallelizationFactor": 2,
            "StartingPosition": "LATEST",
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 4,
            "MaximumRecordAgeInSeconds": 60,
            "TumblingWindowInSeconds": 0,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": "d"}},
            "FilterCriteria": {"Filters": [{"Pattern": "{}"}, {}]},
        }
    )
    assert read == EventSourceMapping(
        uuid="u",
        event_source_arn="s",
        function_arn="f",
        batch_size=7,
        batching_window_seconds=3,
        parallelization_factor=2,
        starting_position="LATEST",
        bisects_batch_on_function_error=True,
        retry_attempts_max=4,
        record_age_seconds_max=60,
        reports_batch_item_failures=True,
        on_failure_arn="d",
        filter_patterns=("{}",),
    )


def test_null_members_count_as_absent() -> None:
    nulls = dict.fromkeys([*RANGES, "StartingPosition", "DestinationConfig", "FilterCriteria", "FunctionResponseTypes"])
    assert EventSourceMapping.from_configuration({**LEAST, **nulls}) == EventSourceMapping.from_configuration(LEAST)


@pytest.mark.parametrize(
    "settings",
    [
        {"BatchSize": 0},
        {"BatchSize": 10_001},
        {"ParallelizationFactor": 11},
        {"MaximumRecordAgeInSeconds": 59},
        {"MaximumRetryAttempts": -2},
        {"TumblingWindowInSeconds": 901},
        {"TumblingWindowInSeconds": 10, "ParallelizationFactor": 2},
        {"StartingPosition": "AT_TIMESTAMP"},
    ],
)
def test_what_the_api_refuses_is_a_bug_here(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        EventSourceMapping.from_configuration({**LEAST, **settings})
