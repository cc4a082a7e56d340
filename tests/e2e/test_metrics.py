"""Functions and mappings as CloudWatch shows them: what dashboards and alarms are built on."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from sandbox.testing.embedded import Deployment, EmbeddedSandbox
from tests.e2e.delivery.conftest import put


def window(sandbox: EmbeddedSandbox) -> dict[str, Any]:
    """An hour around now."""
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    return {"StartTime": now - timedelta(minutes=30), "EndTime": now + timedelta(minutes=30)}


def query(name: str, stat: str = "Sum", *, namespace: str = "AWS/Lambda", **dimensions: str) -> dict[str, Any]:
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": listed}
    return {"Id": f"{name[0].lower()}{name[1:]}", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}}


def total(sandbox: EmbeddedSandbox, name: str, stat: str = "Sum", **dimensions: str) -> float | None:
    """One statistic of one metric over all time, ``None`` where there is no value."""
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    answer = sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=1),
        Period=7 * 86_400,
        Statistics=[stat],
    )
    values = [point[stat] for point in answer["Datapoints"]]
    return sum(values) if values else None


def deployed(sandbox: EmbeddedSandbox, **settings: Any) -> Deployment:
    """A function that fails at records with the key ``bad``."""

    def handler(event: Any, _context: Any) -> None:
        assert all(one["dynamodb"]["Keys"]["pk"]["S"] != "bad" for one in event["Records"])

    return sandbox.deploy(handler, sandbox.table("orders"), name="on_order", batch_size=1, **settings)


def test_invocations_errors_and_durations_are_counted(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox, maximum_retry_attempts=0)
    put(sandbox, "orders", "a", "b", "bad")
    sandbox.drain()
    for dimensions in ({}, {"FunctionName": "on_order"}, {"FunctionName": "on_order", "Resource": "on_order"}):
        assert total(sandbox, "Invocations", **dimensions) == 3
        assert total(sandbox, "Errors", **dimensions) == 1
        assert total(sandbox, "Throttles", **dimensions) == 0
        assert total(sandbox, "ConcurrentExecutions", "Maximum", **dimensions) == 1
        assert total(sandbox, "Duration", "SampleCount", **dimensions) == 3
    assert total(sandbox, "Invocations", FunctionName="other") is None


def test_throttles_are_no_invocations(sandbox: EmbeddedSandbox) -> None:
    sandbox.deploy(lambda *_: None, name="on_order")
    client = sandbox.client("lambda")
    client.put_function_concurrency(FunctionName="on_order", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        client.invoke(FunctionName="on_order")
    assert total(sandbox, "Throttles", FunctionName="on_order")
    assert total(sandbox, "Invocations", FunctionName="on_order") is None


def test_an_alias_counts_for_itself_and_for_its_version(sandbox: EmbeddedSandbox) -> None:
    sandbox.deploy(lambda *_: None, name="on_order")
    client = sandbox.client("lambda")
    version = client.publish_version(FunctionName="on_order")["Version"]
    client.create_alias(FunctionName="on_order", Name="live", FunctionVersion=version)
    client.invoke(FunctionName="on_order:live")
    client.invoke(FunctionName="on_order")
    alias = {"FunctionName": "on_order", "Resource": "on_order:live"}
    assert total(sandbox, "Invocations", FunctionName="on_order") == 2
    assert total(sandbox, "Invocations", **alias) == 1
    assert total(sandbox, "Invocations", ExecutedVersion=version, **alias) == 1


@pytest.mark.rule("1.6 IteratorAge")
def test_the_age_of_records_is_that_of_the_last_one_when_it_was_processed(sandbox: EmbeddedSandbox) -> None:
    function = deployed(sandbox)
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=False)
    put(sandbox, "orders", "a")
    sandbox.clock.advance(3600)
    sandbox.client("lambda").update_event_source_mapping(UUID=function.mapping_uuid, Enabled=True)
    sandbox.drain()
    age_ms = total(sandbox, "IteratorAge", "Maximum", FunctionName="on_order")
    assert age_ms is not None
    assert 3_600_000 <= age_ms < 3_700_000


@pytest.mark.rule("1.6 EventCount")
def test_a_mapping_that_asks_for_them_has_its_counters_as_metrics(sandbox: EmbeddedSandbox) -> None:
    pattern = '{"dynamodb": {"Keys": {"pk": {"S": [{"anything-but": "dull"}]}}}}'
    function = deployed(
        sandbox,
        maximum_retry_attempts=0,
        metrics_config={"Metrics": ["EventCount"]},
        filter_criteria={"Filters": [{"Pattern": pattern}]},
    )
    put(sandbox, "orders", "a", "dull", "bad", "b")
    sandbox.drain()
    uuid = str(function.mapping_uuid)
    counts = {
        "PolledEventCount": 4,
        "FilteredOutEventCount": 1,
        "InvokedEventCount": 3,
        "FailedInvokeEventCount": 1,
        "DroppedEventCount": 1,
        "OnFailureDestinationDeliveredEventCount": 0,
    }
    assert {name: total(sandbox, name, EventSourceMappingUUID=uuid) for name in counts} == counts


def test_a_mapping_that_does_not_ask_has_none(sandbox: EmbeddedSandbox) -> None:
    function = deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert total(sandbox, "PolledEventCount", EventSourceMappingUUID=str(function.mapping_uuid)) is None


def test_several_metrics_are_read_at_once_whoever_keeps_them(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    client = sandbox.client("cloudwatch")
    client.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Orders", "Value": 5.0}])
    answer = client.get_metric_data(
        MetricDataQueries=[
            query("Invocations", FunctionName="on_order"),
            query("Orders", namespace="Shop"),
            {**query("Duration", "p50", FunctionName="on_order"), "Label": "how long"},
            {**query("Errors", FunctionName="on_order"), "ReturnData": False},
        ],
        **window(sandbox),
    )
    results = {one["Id"]: one for one in answer["MetricDataResults"]}
    assert list(results) == ["invocations", "orders", "duration"]
    assert sum(results["invocations"]["Values"]) == 1
    assert results["invocations"]["StatusCode"] == "Complete"
    assert sum(results["orders"]["Values"]) == 5
    assert results["duration"]["Label"] == "how long"


def test_values_are_of_the_minutes_in_which_functions_began(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    sandbox.clock.advance(60 - sandbox.clock.now() % 60)
    began = sandbox.clock.now() // 60 * 60
    for key in ("a", "b"):
        put(sandbox, "orders", key)
        sandbox.drain()
        sandbox.clock.advance(300)
    asked = query("Invocations", FunctionName="on_order")
    asked["MetricStat"]["Period"] = 60
    client = sandbox.client("cloudwatch")
    times: dict[str, list[float]] = {}
    for order in ("TimestampAscending", "TimestampDescending"):
        (result,) = client.get_metric_data(MetricDataQueries=[asked], ScanBy=order, **window(sandbox))[
            "MetricDataResults"
        ]
        assert result["Values"] == [1.0, 1.0]
        times[order] = [one.timestamp() for one in result["Timestamps"]]
    assert times["TimestampAscending"] == times["TimestampDescending"][::-1]
    assert all(time % 60 == 0 for time in times["TimestampAscending"])
    assert times["TimestampAscending"][0] >= began


def test_metrics_are_listed(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    client = sandbox.client("cloudwatch")
    client.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Orders", "Value": 5.0}])
    own = client.list_metrics(Namespace="AWS/Lambda", Dimensions=[{"Name": "Resource"}])["Metrics"]
    assert {one["MetricName"] for one in own} == {
        *("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions", "IteratorAge")
    }
    assert all({"Name": "Resource", "Value": "on_order"} in one["Dimensions"] for one in own)
    everything = client.list_metrics()["Metrics"]
    assert {one["Namespace"] for one in everything} == {"AWS/Lambda", "Shop"}
    (errors, *_) = client.list_metrics(Namespace="AWS/Lambda", MetricName="Errors")["Metrics"]
    assert errors == {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": []}
    assert [one["MetricName"] for one in client.list_metrics(Namespace="Shop")["Metrics"]] == ["Orders"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Statistics": ["Median"]}, "InvalidParameterValue"),
        ({"Statistics": None}, "MissingParameter"),
        ({"Period": 1}, "InvalidParameterCombination"),
        ({"StartTime": datetime(2100, 1, 1, tzinfo=UTC)}, "InvalidParameterValue"),
    ],
)
def test_what_cannot_be_is_refused(sandbox: EmbeddedSandbox, changes: dict[str, Any], code: str) -> None:
    given = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Period": 60,
        "Statistics": ["Sum"],
        **window(sandbox),
        **changes,
    }
    sent = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(ClientError) as refused:
        sandbox.client("cloudwatch").get_metric_statistics(**sent)
    assert refused.value.response["Error"]["Code"] == code


def asked_by_form(sandbox: EmbeddedSandbox, form: str) -> tuple[int, ET.Element]:
    """The answer of the Query protocol, which older SDKs and the AWS CLI speak."""
    request = urllib.request.Request(  # noqa: S310 - our own endpoint
        sandbox.endpoint_url,
        data=form.encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20261122/us-east-1/monitoring/aws4_request, "
            "SignedHeaders=host, Signature=0",
            "X-Amz-Date": "20261122T000000Z",
        },
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own endpoint
            return answer.status, ET.fromstring(answer.read())  # noqa: S314 - our own answer
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, ET.fromstring(refused.read())  # noqa: S314 - our own answer


def test_the_query_protocol_is_served_too(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    of = {"": "http://monitoring.amazonaws.com/doc/2010-08-01/"}
    common = "Version=2010-08-01&StartTime=2000-01-01T00:00:00Z&EndTime=2100-01-01T00:00:00Z"
    status, answer = asked_by_form(
        sandbox,
        f"Action=GetMetricStatistics&{common}&Namespace=AWS/Lambda&MetricName=Invocations&Period=86400000"
        "&Dimensions.member.1.Name=FunctionName&Dimensions.member.1.Value=on_order"
        "&Statistics.member.1=Sum&ExtendedStatistics.member.1=p90",
    )
    assert status == 200
    point = answer.find("GetMetricStatisticsResult/Datapoints/member", of)
    assert point is not None
    assert point.findtext("Sum", None, of) == "1.0"
    assert point.findtext("ExtendedStatistics/entry/key", None, of) == "p90"
    assert str(point.findtext("Timestamp", None, of)).endswith("T00:00:00Z")
    status, answer = asked_by_form(
        sandbox,
        f"Action=GetMetricData&{common}&MetricDataQueries.member.1.Id=a"
        "&MetricDataQueries.member.1.MetricStat.Metric.Namespace=AWS/Lambda"
        "&MetricDataQueries.member.1.MetricStat.Metric.MetricName=Invocations"
        "&MetricDataQueries.member.1.MetricStat.Period=86400000&MetricDataQueries.member.1.MetricStat.Stat=Sum",
    )
    assert answer.findtext("GetMetricDataResult/MetricDataResults/member/Values/member", None, of) == "1.0"
    status, answer = asked_by_form(sandbox, f"Action=GetMetricStatistics&{common}&Namespace=AWS/Lambda&Period=60")
    assert status == 400
    status, answer = asked_by_form(
        sandbox, f"Action=GetMetricStatistics&{common}&Namespace=AWS/Lambda&MetricName=x&Period=86400000"
    )
    assert (status, answer.findtext("Error/Code", None, of)) == (400, "MissingParameter")
    status, answer = asked_by_form(sandbox, "Action=DescribeAlarms&Version=2010-08-01")
    assert (status, answer.tag.rpartition("}")[2]) == (200, "DescribeAlarmsResponse")


def asked_in_cbor(sandbox: EmbeddedSandbox, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The answer of the CBOR protocol, which newer SDKs speak, written and read by botocore."""
    model = botocore.session.get_session().get_service_model("cloudwatch").operation_model(operation)
    written = create_serializer("smithy-rpc-v2-cbor").serialize_to_request(parameters, model)
    authorization = (
        "AWS4-HMAC-SHA256 Credential=000000000000/20261122/us-east-1/monitoring/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
    request = urllib.request.Request(  # noqa: S310 - our own endpoint
        sandbox.endpoint_url + written["url_path"],
        data=written["body"],
        headers={**written["headers"], "Authorization": authorization, "X-Amz-Date": "20261122T000000Z"},
    )
    try:
        with urllib.request.urlopen(request) as reply:  # noqa: S310 - our own endpoint
            answer = {"status_code": reply.status, "headers": dict(reply.headers), "body": reply.read()}
    except urllib.error.HTTPError as refused:
        with refused:
            answer = {"status_code": refused.code, "headers": dict(refused.headers), "body": refused.read()}
    parsed: dict[str, Any] = create_parser("smithy-rpc-v2-cbor").parse(answer, model.output_shape)
    return parsed


def test_the_cbor_protocol_is_served_too(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    asked = {"MetricDataQueries": [query("Invocations", FunctionName="on_order")], **window(sandbox)}
    (result,) = asked_in_cbor(sandbox, "GetMetricData", asked)["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([1.0], "Complete")
    assert isinstance(result["Timestamps"][0], datetime)
    listed = asked_in_cbor(sandbox, "ListMetrics", {"Namespace": "AWS/Lambda", "MetricName": "Errors"})
    assert listed["Metrics"][0]["MetricName"] == "Errors"
    one = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Period": 3600, **window(sandbox)}
    assert asked_in_cbor(sandbox, "GetMetricStatistics", one)["Error"]["Code"] == "MissingParameter"


def test_calls_from_the_process_reach_them_too(sandbox: EmbeddedSandbox) -> None:
    deployed(sandbox)
    put(sandbox, "orders", "a")
    sandbox.drain()
    listed = sandbox.call("ListMetrics", {"Namespace": "AWS/Lambda", "MetricName": "Errors"}, service="cloudwatch")
    assert listed["Metrics"][0]["MetricName"] == "Errors"
    assert sandbox.call("DescribeAlarms", {}, service="cloudwatch")["MetricAlarms"] == []
