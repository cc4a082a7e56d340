"""What a mapping counts, as CloudWatch tells it. Source: lambda-event-source-mappings §1.6."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conformance.awslambda.test_delivery import Setup
from tests.conformance.mappings.test_checklist import put_all
from tests.conformance.mappings.test_outcomes import to
from tests.conformance.waiting import looks, wait_for

SetUp = Callable[..., Setup]
Failed = tuple[str, Callable[[], dict[str, Any]]]
COUNTED = {
    "PolledEventCount": 3,
    "FilteredOutEventCount": 1,
    "InvokedEventCount": 2,
    "FailedInvokeEventCount": 1,
    "DroppedEventCount": 1,
    "OnFailureDestinationDeliveredEventCount": 1,
}


@pytest.fixture(scope="module")
def statistic(client_of: Callable[..., Any]) -> Callable[..., float | None]:
    """One statistic of a metric over all time, wherever the endpoint's clock stands; ``None`` without a value."""
    cloudwatch = client_of("cloudwatch")

    def ask(name: str, kind: str, **dimensions: str) -> float | None:
        now = datetime.now(UTC)
        answer = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(days=1),
            EndTime=now + timedelta(days=30),
            Period=86_400,
            Statistics=[kind],
        )
        values = [float(point[kind]) for point in answer["Datapoints"]]
        return (sum(values) if kind == "Sum" else max(values)) if values else None

    return ask


@pytest.mark.rule("1.6 EventCount")
def test_events_are_counted(set_up: SetUp, failed: Failed, statistic: Callable[..., float | None]) -> None:
    """Three records: one is filtered out, one fails for good, one is delivered."""
    code = """
def handler(event, context):
    note(event)
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "bad":
        raise ValueError("boom")
"""
    arn, receive = failed
    setup = set_up(
        code,
        before=put_all("other", "bad", "good"),
        BatchSize=1,
        MaximumRetryAttempts=0,
        DestinationConfig=to(arn),
        FilterCriteria={"Filters": [{"Pattern": '{"dynamodb": {"Keys": {"pk": {"S": ["good", "bad"]}}}}'}]},
        MetricsConfig={"Metrics": ["EventCount"]},
    )
    receive()
    setup.wait_for_records(2)
    found: dict[str, float | None] = {}
    for _ in looks():
        found = {name: statistic(name, "Sum", EventSourceMappingUUID=setup.uuid) for name in COUNTED}
        if found == COUNTED:
            break
    assert found == COUNTED


@pytest.mark.rule("1.6 EventCount")
def test_nothing_is_counted_unasked(set_up: SetUp, statistic: Callable[..., float | None]) -> None:
    setup = set_up(before=put_all("x"))
    setup.wait_for_records(1)
    assert statistic("PolledEventCount", "Sum", EventSourceMappingUUID=setup.uuid) is None


@pytest.mark.rule("1.6 IteratorAge")
def test_the_age_of_the_last_record_is_told(set_up: SetUp, statistic: Callable[..., float | None]) -> None:
    """In milliseconds, when the invocation has ended; records carry whole seconds."""
    setup = set_up(
        "def handler(event, context):\n    time.sleep(1.1)\n    note(event)\n", before=put_all("x"), BatchSize=1
    )
    setup.wait_for_records(1)
    age_ms: float | None = None
    for _ in looks():
        age_ms = statistic("IteratorAge", "Maximum", FunctionName=setup.function)
        if age_ms is not None:
            break
    assert age_ms is not None
    assert 1_100 <= age_ms < 60_000


def test_what_is_counted_is_listed_and_told_in_one_question(
    set_up: SetUp, client_of: Callable[..., Any], statistic: Callable[..., float | None]
) -> None:
    cloudwatch = client_of("cloudwatch")
    setup = set_up(before=put_all("x"), BatchSize=1, MetricsConfig={"Metrics": ["EventCount"]})
    setup.wait_for_records(1)
    wait_for(lambda: statistic("InvokedEventCount", "Sum", EventSourceMappingUUID=setup.uuid) is not None)
    dimensions = [{"Name": "EventSourceMappingUUID", "Value": setup.uuid}]
    listed = cloudwatch.list_metrics(Namespace="AWS/Lambda", Dimensions=dimensions)["Metrics"]
    assert {metric["MetricName"] for metric in listed} >= {"PolledEventCount", "InvokedEventCount"}
    assert all(metric["Dimensions"] == dimensions for metric in listed)
    now = datetime.now(UTC)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions},
                    "Period": 86_400,
                    "Stat": "Sum",
                },
            }
            for number, name in enumerate(("PolledEventCount", "InvokedEventCount", "DroppedEventCount"))
        ],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=30),
    )
    values = {result["Id"]: sum(result["Values"]) for result in answer["MetricDataResults"]}
    assert values == {"m0": 1.0, "m1": 1.0, "m2": 0.0}
