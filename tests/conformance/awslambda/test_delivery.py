"""What reaches a mapped function, seen from outside: it writes every event down in a table.

Source: lambda-event-source-mappings §2, §3; aws-recorded-answers §4-§7. Numbers in test names refer to the checklist in
lambda-event-source-mappings §10.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.waiting import looks

Unique = Callable[[], str]
WRITE_DOWN = """
import json, os, time
import boto3

table = boto3.resource("dynamodb").Table(os.environ["NOTES"])

def note(event):
    table.put_item(Item={"pk": os.environ["ME"], "sk": time.time_ns(), "event": json.dumps(event)})

def was_told(word):
    return "Item" in table.get_item(Key={"pk": os.environ["ME"] + " " + word, "sk": 0}, ConsistentRead=True)

"""
SUCCEED = "def handler(event, context):\n    note(event)\n"


class Setup:
    """A streaming table, a function mapped to it, and what that function wrote down."""

    def __init__(self, dynamodb: Any, table: str, stream: str, function: str, notes: str, me: str) -> None:
        self.dynamodb = dynamodb
        self.table = table
        self.stream = stream
        self.function = function
        self.uuid = ""
        self._notes = notes
        self._me = me

    def put(self, key: str, **attributes: Any) -> None:
        """Write an item."""
        self.dynamodb.put_item(TableName=self.table, Item={"pk": {"S": key}, **attributes})

    def tell(self, word: str) -> None:
        """Let the function's ``was_told(word)`` be true from now on."""
        self.dynamodb.put_item(TableName=self._notes, Item={"pk": {"S": f"{self._me} {word}"}, "sk": {"N": "0"}})

    def events(self) -> list[dict[str, Any]]:
        """The events received so far, in order."""
        answer = self.dynamodb.query(
            TableName=self._notes,
            KeyConditionExpression="pk = :me",
            ExpressionAttributeValues={":me": {"S": self._me}},
            ConsistentRead=True,
        )
        return [json.loads(item["event"]["S"]) for item in answer["Items"]]

    def delivered(self) -> list[list[str]]:
        """Per event the keys of its records."""
        return [[record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]] for event in self.events()]

    def wait(self, is_so: Callable[[list[dict[str, Any]]], bool], *, seconds: float = 30) -> list[dict[str, Any]]:
        """Look until the events are so."""
        for _ in looks(seconds):
            events = self.events()
            if is_so(events):
                return events
        raise AssertionError(f"received so far: {self.delivered()}")

    def wait_for_records(self, count: int) -> list[dict[str, Any]]:
        """Look until *count* records were delivered; gives them."""
        events = self.wait(lambda events: sum(len(event["Records"]) for event in events) >= count)
        return [record for event in events for record in event["Records"]]


@pytest.fixture(scope="module")
def notes(make_table: Callable[..., str]) -> str:
    return make_table("pk:S", "sk:N")


@pytest.fixture
def set_up(
    dynamodb: Any,
    awslambda: Any,
    notes: str,
    make_table: Callable[..., str],
    make_function: Callable[..., str],
    make_mapping: Callable[..., dict[str, Any]],
    unique: Unique,
) -> Callable[..., Setup]:
    """``set_up(code, **mapping)``; *before* is called with the set-up before the mapping exists."""

    def make(
        code: str = SUCCEED,
        *,
        before: Callable[[Setup], None] | None = None,
        timeout_seconds: int = 30,
        **mapping: Any,
    ) -> Setup:
        table = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        stream = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        me = unique()
        environment = {"Variables": {"NOTES": notes, "ME": me}}
        function = make_function(WRITE_DOWN + code, Environment=environment, Timeout=timeout_seconds)
        setup = Setup(dynamodb, table, stream, function, notes, me)
        if before is not None:
            before(setup)
        setup.uuid = make_mapping(function, stream, **mapping)["UUID"]
        while awslambda.get_event_source_mapping(UUID=setup.uuid)["State"] == "Creating":
            pass
        return setup

    return make


@pytest.mark.rule("2.1 members", "2.1 time", "2.1 binaries", "2.1 numbers")
def test_a_record_as_the_function_sees_it(set_up: Callable[..., Setup]) -> None:
    """Keys in AWS's order, times in whole seconds, binaries as base64. Source: §2.1."""
    setup = set_up()
    setup.put("x", data={"B": b"foobar"}, n={"N": "42"})
    (record,) = setup.wait_for_records(1)
    assert list(record) == [
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
        "eventSourceARN",
    ]
    assert list(record["dynamodb"]) == [
        "ApproximateCreationDateTime",
        "Keys",
        "NewImage",
        "SequenceNumber",
        "SizeBytes",
        "StreamViewType",
    ]
    assert (record["eventName"], record["eventSource"], record["eventVersion"]) == ("INSERT", "aws:dynamodb", "1.1")
    assert record["eventSourceARN"] == setup.stream
    assert record["dynamodb"]["NewImage"] == {"pk": {"S": "x"}, "data": {"B": "Zm9vYmFy"}, "n": {"N": "42"}}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
    assert record["dynamodb"]["ApproximateCreationDateTime"].is_integer()


@pytest.mark.rule("3.3 success", "4.4 order")
def test_records_come_in_order_and_once(set_up: Callable[..., Setup]) -> None:
    setup = set_up(BatchSize=7)
    for number in range(30):
        setup.put("same", n={"N": str(number)})
    records = setup.wait_for_records(30)
    assert [record["dynamodb"]["NewImage"]["n"]["N"] for record in records] == [str(number) for number in range(30)]
    assert all(len(event["Records"]) <= 7 for event in setup.events())


@pytest.mark.rule("3.9 TRIM_HORIZON")
def test_trim_horizon_begins_with_what_is_there(set_up: Callable[..., Setup]) -> None:
    setup = set_up(before=lambda setup: setup.put("before"))
    setup.put("after")
    records = setup.wait_for_records(2)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records] == ["before", "after"]


@pytest.mark.rule("3.9 LATEST")
def test_latest_begins_with_what_comes(set_up: Callable[..., Setup]) -> None:
    setup = set_up(before=lambda setup: setup.put("before"), StartingPosition="LATEST")
    setup.put("after")
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in setup.wait_for_records(1)] == ["after"]


FILTERS = [
    ({"eventName": ["INSERT"]}, ["new"]),
    ({"eventName": ["INSERT", "MODIFY"], "eventSource": ["aws:dynamodb"]}, ["new", "changed"]),
    ({"dynamodb": {"NewImage": {"kind": {"S": ["b"]}}}}, ["changed"]),
    ({"dynamodb": {"NewImage": {"kind": {"S": [{"prefix": "a"}]}}}}, ["new"]),
    ({"dynamodb": {"NewImage": {"extra": {"S": [{"exists": True}]}}}}, ["changed"]),
    ({"dynamodb": {"NewImage": {"extra": [{"exists": False}]}}}, ["new", "changed"]),
    ({"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 0]}]}}}}, []),
    ({"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}, ["new", "changed"]),
]


@pytest.mark.rule("C 9", "3.7 numeric", "3.7 exists", "3.7 type key", "3.7 metadata", "3.7 or and and")
@pytest.mark.parametrize(("pattern", "expected"), FILTERS, ids=[json.dumps(pattern) for pattern, _ in FILTERS])
def test_filters(set_up: Callable[..., Setup], pattern: dict[str, Any], expected: list[str]) -> None:
    """C9. A last item that every pattern lets through by a second filter shows that the others were left out."""
    end = {"dynamodb": {"Keys": {"pk": {"S": ["end"]}}}}
    setup = set_up(FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}, {"Pattern": json.dumps(end)}]})
    setup.put("x", word={"S": "new"}, kind={"S": "a"}, n={"N": "5"})
    setup.put("x", word={"S": "changed"}, kind={"S": "b"}, n={"N": "6"}, extra={"S": "e"})
    setup.put("end", word={"S": "end"})
    records = setup.wait_for_records(len(expected) + 1)
    assert [record["dynamodb"]["NewImage"]["word"]["S"] for record in records] == [*expected, "end"]


@pytest.mark.rule("C 3", "3.5 success")
@pytest.mark.parametrize(
    "answer", ["''", "None", "{}", "[]", "{'batchItemFailures': []}", "{'batchItemFailures': None}"]
)
def test_answers_that_mean_success(set_up: Callable[..., Setup], answer: str) -> None:
    """C3."""
    setup = set_up(
        f"def handler(event, context):\n    note(event)\n    return {answer}\n",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=2,
        BatchSize=1,
    )
    setup.put("x")
    setup.put("end")
    setup.wait_for_records(2)
    assert setup.delivered() == [["x"], ["end"]]


RAISE = "def handler(event, context):\n    note(event)\n    raise ValueError('boom')\n"
ALWAYS_FIRST = """
def handler(event, context):
    note(event)
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["dynamodb"]["SequenceNumber"]}]}
"""


@pytest.fixture
def failed(client_of: Callable[..., Any], unique: Unique) -> tuple[str, Callable[[], dict[str, Any]]]:
    """A queue's ARN, and a way to wait for the failure record in it."""
    sqs, name = client_of("sqs"), f"failed-{unique()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]

    def receive() -> dict[str, Any]:
        for _ in range(3):
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
                document: dict[str, Any] = json.loads(message["Body"])
                return document
        raise AssertionError("no failure record arrived")

    return f"arn:aws:sqs:us-east-1:000000000000:{name}", receive


@pytest.mark.rule("3.3 N retries", "3.8 queue", "3.8 times", "3.8 no payload", "3.5 functionError")
@pytest.mark.parametrize(
    ("code", "function_error", "retries", "more"),
    [
        pytest.param(RAISE, "Unhandled", 0, {}, id="no retries"),
        pytest.param(RAISE, "Unhandled", 1, {}, marks=pytest.mark.rule("C 1", "3.5 exception"), id="C1 exception"),
        pytest.param(
            ALWAYS_FIRST,
            None,
            3,
            {"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 3},
            marks=pytest.mark.rule("C 2a", "3.5 no progress"),
            id="C2a partial failure without progress",
        ),
    ],
)
def test_a_failure_is_retried_and_then_reported(
    set_up: Callable[..., Setup],
    failed: tuple[str, Callable[[], dict[str, Any]]],
    code: str,
    function_error: str | None,
    retries: int,
    more: dict[str, Any],
) -> None:
    """Source: aws-recorded-answers §7."""
    arn, receive = failed
    settings = {"BatchSize": 1, "MaximumRetryAttempts": retries, **more}
    setup = set_up(code, DestinationConfig={"OnFailure": {"Destination": arn}}, **settings)
    setup.put("x")
    document = receive()
    (record,) = setup.events()[0]["Records"]
    assert setup.delivered() == [["x"]] * (retries + 1)
    assert list(document) == ["requestContext", "responseContext", "version", "timestamp", "DDBStreamBatchInfo"]
    context = document["requestContext"]
    assert list(context) == ["requestId", "functionArn", "condition", "approximateInvokeCount"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", context["requestId"])
    assert context["functionArn"].endswith(f":function:{setup.function}")
    assert context["condition"] == "RetryAttemptsExhausted"
    assert context["approximateInvokeCount"] == retries + 1
    assert document["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": function_error,
    }
    assert document["version"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document["timestamp"])
    batch = document["DDBStreamBatchInfo"]
    assert list(batch) == [
        "shardId",
        "startSequenceNumber",
        "endSequenceNumber",
        "approximateArrivalOfFirstRecord",
        "approximateArrivalOfLastRecord",
        "batchSize",
        "streamArn",
    ]
    assert (batch["batchSize"], batch["streamArn"]) == (1, setup.stream)
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"] == record["dynamodb"]["SequenceNumber"]
    for end in ("First", "Last"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", batch[f"approximateArrivalOf{end}Record"])


@pytest.mark.rule("C 4")
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("{'itemIdentifier': ''}", marks=pytest.mark.rule("3.5 empty identifier")),
        pytest.param("{'itemIdentifier': None}", marks=pytest.mark.rule("3.5 null identifier")),
        pytest.param("{'itemIdentifier': 123}", marks=pytest.mark.rule("3.5 foreign identifier")),
        pytest.param("{'itemIdentifier': '999999999999999999999'}", marks=pytest.mark.rule("3.5 foreign identifier")),
        pytest.param("{'foo': 123}", marks=pytest.mark.rule("3.5 wrong key")),
        pytest.param("{'foo': None}", marks=pytest.mark.rule("3.5 wrong key")),
    ],
)
def test_reports_that_mean_nothing_fail_the_whole_batch(set_up: Callable[..., Setup], entry: str) -> None:
    """All of the batch comes again; with its retries used up it is given up, and the next record follows."""

    def write(setup: Setup) -> None:
        for key in ("a", "b", "end"):
            setup.put(key)

    setup = set_up(
        f"def handler(event, context):\n    note(event)\n    return {{'batchItemFailures': [{entry}]}}\n",
        before=write,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=1,
        BatchSize=2,
    )
    setup.wait_for_records(5)
    assert setup.delivered()[:3] == [["a", "b"], ["a", "b"], ["end"]]


@pytest.mark.rule("3.5 lowest number")
def test_progress_is_kept(set_up: Callable[..., Setup]) -> None:
    """What lies before the reported record is not delivered again. Source: §3.5."""
    code = """
first = True

def handler(event, context):
    global first
    note(event)
    if first and len(event["Records"]) == 3:
        first = False
        return {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
"""

    def write(setup: Setup) -> None:
        for key in ("a", "b", "c"):
            setup.put(key)

    setup = set_up(code, before=write, FunctionResponseTypes=["ReportBatchItemFailures"], BatchSize=3)
    setup.wait_for_records(5)
    assert setup.delivered() == [["a", "b", "c"], ["b", "c"]]


@pytest.mark.rule("C 5", "3.6 halves", "3.6 recursion", "3.6 single record", "3.6 splits are free")
def test_bisection_isolates_the_poison(
    set_up: Callable[..., Setup], failed: tuple[str, Callable[[], dict[str, Any]]]
) -> None:
    """C5: batch of 8, record 5 poison: all others succeed, the destination has a batch of one."""
    arn, receive = failed
    code = """
def handler(event, context):
    note(event)
    if any(record["dynamodb"]["Keys"]["pk"]["S"] == "4" for record in event["Records"]):
        raise ValueError("poison")
"""

    def write(setup: Setup) -> None:
        for number in range(8):
            setup.put(str(number))

    setup = set_up(
        code,
        before=write,
        BatchSize=8,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    document = receive()
    assert document["DDBStreamBatchInfo"]["batchSize"] == 1
    setup.wait(lambda events: len(events) >= 7)
    assert setup.delivered() == [list("01234567"), list("0123"), list("4567"), list("45"), ["4"], ["5"], list("67")]


@pytest.mark.rule("C 6", "3.3 throttled")
def test_throttles_use_up_no_retry(set_up: Callable[..., Setup], awslambda: Any) -> None:
    """C6: reserved concurrency 0 for a while, no retries allowed: nothing is dropped."""
    setup = set_up(MaximumRetryAttempts=0)
    (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]
    awslambda.put_function_concurrency(FunctionName=mapping["FunctionArn"], ReservedConcurrentExecutions=0)
    setup.put("x")
    assert setup.events() == []
    awslambda.delete_function_concurrency(FunctionName=mapping["FunctionArn"])
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in setup.wait_for_records(1)] == ["x"]


@pytest.mark.rule("C 11", "1.4 disabled keeps its position", "3.9 checkpoint")
def test_a_disabled_mapping_goes_on_where_it_stopped(set_up: Callable[..., Setup], awslambda: Any) -> None:
    """C11: no loss, no replay."""
    setup = set_up()
    (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]

    def switch(*, enabled: bool) -> None:
        awslambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)
        while awslambda.get_event_source_mapping(UUID=mapping["UUID"])["State"].endswith("ing"):
            pass

    setup.put("before")
    setup.wait_for_records(1)
    switch(enabled=False)
    setup.put("meanwhile")
    assert setup.delivered() == [["before"]]
    switch(enabled=True)
    setup.put("after")
    records = setup.wait_for_records(3)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records] == ["before", "meanwhile", "after"]


@pytest.mark.rule("C 12", "3.9 checkpoint")
def test_an_updated_mapping_keeps_its_position(set_up: Callable[..., Setup], awslambda: Any) -> None:
    """C12."""
    setup = set_up(BatchSize=1)
    (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]
    for number in range(5):
        setup.put(str(number))
    awslambda.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=3)
    for number in range(5, 10):
        setup.put(str(number))
    records = setup.wait_for_records(10)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records] == [str(number) for number in range(10)]


@pytest.mark.rule("1.4 OK", "1.4 PROBLEM")
def test_the_last_result_is_told(set_up: Callable[..., Setup], awslambda: Any) -> None:
    """Source: §1.4."""

    def wait_for(stream: str, result: str) -> None:
        seen = set()
        for _ in looks():
            (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=stream)["EventSourceMappings"]
            if mapping["LastProcessingResult"] == result:
                return
            seen.add(mapping["LastProcessingResult"])
        raise AssertionError(f"LastProcessingResult was {seen}, never {result}")

    good, bad = set_up(), set_up(RAISE)
    good.put("x")
    wait_for(good.stream, "OK")
    bad.put("x")
    wait_for(bad.stream, "PROBLEM: Function call failed")


@pytest.mark.rule("C 19", "3.3 function gone", "1.4 function not found")
def test_a_function_that_is_gone(set_up: Callable[..., Setup], awslambda: Any) -> None:
    """C19: still listed, still Enabled, and it says what is wrong."""
    setup = set_up()
    (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]
    awslambda.delete_function(FunctionName=mapping["FunctionArn"])
    setup.put("x")
    problem = re.escape(
        f"PROBLEM: Function not found: {mapping['FunctionArn']} "
        "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "
    )
    for _ in looks():
        (now,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]
        assert now["State"] == "Enabled"
        if re.fullmatch(problem + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)", now["LastProcessingResult"]):
            return
    raise AssertionError(f"no {problem}")
