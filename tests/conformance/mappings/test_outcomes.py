"""What comes of an invocation: attempts, the order of a shard, reports, halves.

Source: lambda-event-source-mappings §3.1-§3.6; aws-recorded-answers §6, §7.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.awslambda.test_delivery import RAISE, Setup
from tests.conformance.mappings.test_checklist import put_all

SetUp = Callable[..., Setup]
Failed = tuple[str, Callable[[], dict[str, Any]]]
TIMED = """
def handler(event, context):
    began = time.time()
    time.sleep(0.3)
    note({**event, "began": began, "ended": time.time()})
"""


def to(arn: str) -> dict[str, Any]:
    """An OnFailure destination."""
    return {"OnFailure": {"Destination": arn}}


@pytest.mark.rule("3.1 window of 0")
def test_without_a_window_one_record_is_a_batch(set_up: SetUp) -> None:
    """Nothing is waited for, though the batch is far from full."""
    setup = set_up(BatchSize=10_000)
    setup.put("x")
    setup.wait_for_records(1)
    setup.put("y")
    setup.wait_for_records(2)
    assert setup.delivered() == [["x"], ["y"]]


@pytest.mark.rule("3.1 synchronous")
def test_a_shard_waits_for_its_invocation(set_up: SetUp) -> None:
    setup = set_up(TIMED, before=put_all(*"abcd"), BatchSize=1)
    setup.wait_for_records(4)
    events = setup.events()
    assert [event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] for event in events] == list("abcd")
    assert all(earlier["ended"] <= later["began"] for earlier, later in pairwise(events))


@pytest.mark.rule("3.1 shards side by side", "2.1 one shard")
def test_shards_are_worked_off_side_by_side(
    set_up: SetUp, streams: Any, split_shards: Callable[[str, int], list[str]]
) -> None:
    """One batch per shard at a time, whose records are all of that shard."""
    setup = set_up(TIMED, BatchSize=2)
    children = split_shards(setup.stream, 2)
    for number in range(20):
        setup.put(str(number))
    setup.wait_for_records(20)
    shard_of: dict[str, str] = {}
    for shard in children:
        where = {"StreamArn": setup.stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        page = streams.get_records(ShardIterator=streams.get_shard_iterator(**where)["ShardIterator"])
        shard_of |= {record["dynamodb"]["SequenceNumber"]: shard for record in page["Records"]}
    running: dict[str, list[tuple[float, float]]] = {shard: [] for shard in children}
    for event in setup.events():
        (shard,) = {shard_of[record["dynamodb"]["SequenceNumber"]] for record in event["Records"]}
        running[shard].append((event["began"], event["ended"]))
    one, other = (running[shard] for shard in children)
    assert any(a[0] < b[1] and b[0] < a[1] for a in one for b in other)


@pytest.mark.rule("3.3 function error")
@pytest.mark.parametrize(
    "ending",
    ["raise ValueError('boom')", "time.sleep(20)", "raise SystemExit(3)", "return object()"],
    ids=["exception", "timeout", "exit", "no JSON"],
)
def test_every_failure_of_the_function_counts(set_up: SetUp, failed: Failed, ending: str) -> None:
    arn, receive = failed
    setup = set_up(
        f"def handler(event, context):\n    note(event)\n    {ending}\n",
        before=put_all("x"),
        timeout_seconds=2,
        MaximumRetryAttempts=1,
        DestinationConfig=to(arn),
    )
    document = receive()
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert document["requestContext"]["approximateInvokeCount"] == 2
    assert document["responseContext"]["functionError"] == "Unhandled"
    assert setup.delivered() == [["x"], ["x"]]


@pytest.mark.rule("2.3 answer", "3.3 answer too large")
def test_an_answer_beyond_six_megabytes_is_a_failure(set_up: SetUp, failed: Failed) -> None:
    arn, receive = failed
    setup = set_up(
        "def handler(event, context):\n    note(event)\n    return 'x' * 6_291_557\n",
        before=put_all("x"),
        MaximumRetryAttempts=0,
        DestinationConfig=to(arn),
    )
    assert receive()["responseContext"]["functionError"] == "Unhandled"
    assert setup.delivered() == [["x"]]


@pytest.mark.rule("3.3 blocked shard", "3.4 attempts")
def test_a_failing_batch_blocks_its_shard_until_it_is_given_up(set_up: SetUp) -> None:
    code = """
def handler(event, context):
    note(event)
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "poison":
        raise ValueError("poison")
"""
    setup = set_up(code, before=put_all("poison", "after"), BatchSize=1, MaximumRetryAttempts=1)
    setup.wait_for_records(3)
    assert setup.delivered() == [["poison"], ["poison"], ["after"]]


@pytest.mark.rule("3.3 blocked shard")
def test_a_failing_shard_blocks_no_other(set_up: SetUp, split_shards: Callable[[str, int], list[str]]) -> None:
    """Every key of one shard is delivered while another waits for ever."""
    code = """
def handler(event, context):
    note(event)
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    if "poison" in keys:
        raise ValueError("poison")
"""
    setup = set_up(code, BatchSize=1)
    split_shards(setup.stream, 4)
    setup.put("poison")
    setup.wait_for_records(1)
    for number in range(20):
        setup.put(str(number))
    setup.wait(lambda events: len({event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] for event in events}) > 5)


@pytest.mark.rule("3.3 asynchronous settings")
def test_destinations_of_the_function_are_not_used(
    set_up: SetUp, failed: Failed, awslambda: Any, client_of: Callable[..., Any], unique: Callable[[], str]
) -> None:
    """An invocation by a mapping is synchronous; dead-letter queues and destinations belong to asynchronous ones."""
    arn, receive = failed
    sqs, name = client_of("sqs"), f"other-{unique()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    setup = set_up(RAISE, MaximumRetryAttempts=0, DestinationConfig=to(arn))
    other = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    awslambda.put_function_event_invoke_config(
        FunctionName=setup.function, MaximumRetryAttempts=0, DestinationConfig=to(other)
    )
    setup.put("x")
    assert receive()["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


@pytest.mark.rule("3.2 checkpoint")
def test_the_checkpoint_waits_for_the_slowest_lane(set_up: SetUp, awslambda: Any) -> None:
    """What one lane could not finish comes again after a pause, whatever the others finished behind it."""
    code = """
def handler(event, context):
    key = event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"]
    if key == "0" and not was_told("be good"):
        raise ValueError("not yet")
    note(event)
"""
    keys = [str(number) for number in range(20)]
    setup = set_up(code, before=put_all(*keys), BatchSize=1, ParallelizationFactor=10)
    # The lane of the first key is stuck; every key of another lane is finished.
    setup.wait_for_records(10)
    awslambda.update_event_source_mapping(UUID=setup.uuid, Enabled=False)
    assert settled(awslambda, setup.uuid)["State"] == "Disabled"
    setup.tell("be good")
    awslambda.update_event_source_mapping(UUID=setup.uuid, Enabled=True)
    setup.wait(lambda events: {event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] for event in events} == set(keys))


@pytest.mark.rule("3.5 not enabled")
def test_without_the_setting_a_report_is_ignored(set_up: SetUp) -> None:
    code = """
def handler(event, context):
    note(event)
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["dynamodb"]["SequenceNumber"]}]}
"""
    setup = set_up(code, before=put_all("x", "end"), BatchSize=1)
    setup.wait_for_records(2)
    assert setup.delivered() == [["x"], ["end"]]


@pytest.mark.rule("3.5 lowest number")
def test_the_lowest_number_of_a_report_counts(set_up: SetUp) -> None:
    """Whatever the order of the report; later successes come again."""
    code = """
def handler(event, context):
    note(event)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    return {"batchItemFailures": [{"itemIdentifier": numbers[at]} for at in (3, 1)] if len(numbers) == 5 else []}
"""
    setup = set_up(code, before=put_all(*"abcde"), FunctionResponseTypes=["ReportBatchItemFailures"], BatchSize=5)
    setup.wait_for_records(9)
    assert setup.delivered() == [list("abcde"), list("bcde")]


@pytest.mark.rule("3.5 exception", "3.5 functionError")
def test_an_exception_fails_the_whole_batch_also_where_reports_are_read(set_up: SetUp, failed: Failed) -> None:
    arn, receive = failed
    setup = set_up(
        RAISE,
        before=put_all(*"abc"),
        BatchSize=3,
        MaximumRetryAttempts=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig=to(arn),
    )
    document = receive()
    assert (document["responseContext"]["functionError"], document["DDBStreamBatchInfo"]["batchSize"]) == (
        "Unhandled",
        3,
    )
    assert setup.delivered() == [list("abc")] * 2


@pytest.mark.rule("3.6 fresh count")
def test_each_half_has_retries_of_its_own(set_up: SetUp, failed: Failed) -> None:
    """The poison record is tried 1 + 1 times alone, after the splits around it."""
    arn, receive = failed
    code = """
def handler(event, context):
    note(event)
    if any(record["dynamodb"]["Keys"]["pk"]["S"] == "b" for record in event["Records"]):
        raise ValueError("poison")
"""
    setup = set_up(
        code,
        before=put_all(*"abcd"),
        BatchSize=4,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig=to(arn),
    )
    document = receive()
    assert document["requestContext"]["approximateInvokeCount"] == 2
    setup.wait(lambda events: len(events) >= 6)
    assert setup.delivered() == [list("abcd"), list("ab"), ["a"], ["b"], ["b"], list("cd")]


@pytest.mark.rule("3.6 with reports")
def test_a_report_says_where_to_split(set_up: SetUp) -> None:
    """What lies before the reported record is done; the rest alone comes again."""
    code = """
def handler(event, context):
    note(event)
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    if keys[0] == "a":
        number = event["Records"][2]["dynamodb"]["SequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": number}]}
"""
    setup = set_up(
        code,
        before=put_all(*"abcde"),
        BatchSize=5,
        BisectBatchOnFunctionError=True,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    setup.wait_for_records(8)
    delivered = setup.delivered()
    assert delivered[0] == list("abcde")
    assert [key for batch in delivered[1:] for key in batch] == list("cde")


@pytest.mark.rule("3.8 topic", "3.8 no payload")
def test_a_topic_gets_the_document_of_a_queue(
    set_up: SetUp, client_of: Callable[..., Any], unique: Callable[[], str]
) -> None:
    """Seen through a queue that listens to the topic."""
    sns, sqs, name = client_of("sns"), client_of("sqs"), f"topic-{unique()}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{name}")
    set_up(RAISE, before=put_all("x"), MaximumRetryAttempts=0, DestinationConfig=to(topic))
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    notification = json.loads(message["Body"])
    assert (notification["Type"], notification["TopicArn"]) == ("Notification", topic)
    assert list(json.loads(notification["Message"])) == [
        "requestContext",
        "responseContext",
        "version",
        "timestamp",
        "DDBStreamBatchInfo",
    ]


@pytest.mark.rule("3.8 failing destination")
def test_a_destination_that_fails_blocks_nothing(set_up: SetUp) -> None:
    code = """
def handler(event, context):
    note(event)
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "x":
        raise ValueError("boom")
"""
    setup = set_up(
        code,
        before=put_all("x", "end"),
        BatchSize=1,
        MaximumRetryAttempts=0,
        DestinationConfig=to("arn:aws:sqs:us-east-1:000000000000:no-such-queue"),
    )
    setup.wait_for_records(2)
    assert setup.delivered() == [["x"], ["end"]]
