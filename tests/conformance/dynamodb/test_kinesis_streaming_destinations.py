"""Enable-, Disable-, Update- and DescribeKinesisStreamingDestination. Source: dynamodb-exact §20."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

MICROSECOND = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}


@pytest.fixture
def stream(client_of: Callable[..., Any], unique: Callable[[], str]) -> str:
    """The ARN of a Kinesis stream of its own."""
    kinesis = client_of("kinesis")
    name = f"changes-{unique()}"
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    arn: str = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    return arn


def _described(dynamodb: Any, table: str) -> Any:
    return dynamodb.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_destination_comes_changes_and_goes(dynamodb: Any, make_table: Callable[..., str], stream: str) -> None:
    table = make_table()
    assert _described(dynamodb, table) == []
    named = {"TableName": table, "StreamArn": stream}
    assert _told(dynamodb.enable_kinesis_streaming_destination(**named)) == {
        **named,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    assert _described(dynamodb, table) == [{"StreamArn": stream, "DestinationStatus": "ACTIVE"}]
    changed = dynamodb.update_kinesis_streaming_destination(**named, UpdateKinesisStreamingConfiguration=MICROSECOND)
    assert _told(changed) == {
        **named,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": MICROSECOND,
    }
    assert _described(dynamodb, table)[0]["ApproximateCreationDateTimePrecision"] == "MICROSECOND"
    assert _told(dynamodb.disable_kinesis_streaming_destination(**named)) == {
        **named,
        "DestinationStatus": "DISABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    assert _described(dynamodb, table)[0]["DestinationStatus"] == "DISABLED"
    dynamodb.enable_kinesis_streaming_destination(**named)
    assert _described(dynamodb, table)[0]["DestinationStatus"] == "ACTIVE"


def test_refusals(dynamodb: Any, make_table: Callable[..., str], stream: str) -> None:
    table = make_table()
    table_id = dynamodb.describe_table(TableName=table)["Table"]["TableId"]
    named = {"TableName": table, "StreamArn": stream}
    with refused(
        "ValidationException",
        "Table is not in a valid state to enable Kinesis Streaming Destination: "
        f"No streaming destination with streamArn: {stream} found for table with tableName: {table}",
    ):
        dynamodb.update_kinesis_streaming_destination(**named, UpdateKinesisStreamingConfiguration=MICROSECOND)
    dynamodb.enable_kinesis_streaming_destination(**named, EnableKinesisStreamingConfiguration=MICROSECOND)
    for arn in (stream, f"{stream}-other"):  # a table has one at most: ack-api-quirks DDB-TABLE-299
        with refused(
            "ValidationException",
            "Table is not in a valid state to enable Kinesis Streaming Destination: "
            "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.",
        ):
            dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    nothing = (
        "Streaming destination cannot be updated with given parameters: "
        "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"
    )
    nulls: list[dict[str, Any]] = [{}, {"UpdateKinesisStreamingConfiguration": {}}]
    for members in nulls:
        with refused("ValidationException", nothing):
            dynamodb.update_kinesis_streaming_destination(**named, **members)
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'SECOND' at "
        "'updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision' failed to satisfy constraint: "
        "Member must satisfy enum value set: [MILLISECOND, MICROSECOND]",
    ):
        dynamodb.update_kinesis_streaming_destination(
            **named, UpdateKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": "SECOND"}
        )
    with refused(
        "ValidationException",
        "Invalid Request: Precision is already set to the desired value of MICROSECOND "
        f"for tableId: {table_id}, kdsArn: {stream}",
    ):
        dynamodb.update_kinesis_streaming_destination(**named, UpdateKinesisStreamingConfiguration=MICROSECOND)
    with refused(
        "ValidationException", "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters"
    ):
        dynamodb.disable_kinesis_streaming_destination(**named, EnableKinesisStreamingConfiguration=MICROSECOND)
    dynamodb.disable_kinesis_streaming_destination(**named)
    invalid = "Table is not in a valid state to enable Kinesis Streaming Destination: "
    with refused(
        "ValidationException", f"{invalid}KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
    ):
        dynamodb.disable_kinesis_streaming_destination(**named)
    with refused(
        "ValidationException",
        f"{invalid}Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. "
        f"TableName: {table}, kdsArn: {stream}",
    ):
        dynamodb.update_kinesis_streaming_destination(**named, UpdateKinesisStreamingConfiguration=MICROSECOND)


def test_a_missing_table(dynamodb: Any, stream: str, unique: Callable[[], str]) -> None:
    name = f"missing-{unique()}"
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.enable_kinesis_streaming_destination(TableName=name, StreamArn=stream)
