"""What the sandbox itself asks of the hosted services: function code from S3, failure records to destinations."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sandbox.adapters.destinations import DestinationRefused, ServiceDestinations
from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.s3_objects import S3Refused, fetch_object

Client = Callable[..., Any]
Run = Callable[[Coroutine[Any, Any, Any]], Any]
DOCUMENT = b'{"requestContext":{"condition":"RetryAttemptsExhausted","text":"\xc3\xa4 & <b>"},"version":"1.0"}'


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result()


@pytest.fixture
def destinations(services: MotoServices) -> ServiceDestinations:
    return ServiceDestinations(services, default_account_id="000000000000", default_region="eu-west-1")


def test_a_queue_receives_the_document_as_it_is(client: Client, run: Run, destinations: ServiceDestinations) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    run(destinations.send("arn:aws:sqs:eu-west-1:000000000000:failed", DOCUMENT, object_key=""))
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"].encode() == DOCUMENT


def test_a_queue_of_another_account_and_region(client: Client, run: Run, destinations: ServiceDestinations) -> None:
    sqs = client("sqs", account="123456789012", region="us-west-2")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    run(destinations.send("arn:aws:sqs:us-west-2:123456789012:failed", DOCUMENT, object_key=""))
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_a_topic_publishes_the_document_as_the_message(
    client: Client, run: Run, destinations: ServiceDestinations
) -> None:
    """Source: aws-recorded-answers §7: an ordinary ``Notification`` whose ``Message`` is the document."""
    sqs, sns = client("sqs"), client("sns")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    topic = sns.create_topic(Name="failed")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:000000000000:q")
    run(destinations.send(topic, DOCUMENT, object_key=""))
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    notification = json.loads(message["Body"])
    assert notification["Type"] == "Notification"
    assert notification["Message"].encode() == DOCUMENT


def test_a_bucket_receives_an_object(client: Client, run: Run, destinations: ServiceDestinations) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="failed", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    key = "aws/lambda/uuid/shardId-0/2025/11/25/2025-11-25T10.11.12-abc"
    run(destinations.send("arn:aws:s3:::failed", DOCUMENT, object_key=key))
    assert s3.get_object(Bucket="failed", Key=key)["Body"].read() == DOCUMENT


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sqs:eu-west-1:000000000000:none",
        "arn:aws:sns:eu-west-1:000000000000:none",
        "arn:aws:kafka:eu-west-1:000000000000:x",
        "nonsense",
    ],
)
def test_a_destination_that_is_not_there_says_so(run: Run, destinations: ServiceDestinations, arn: str) -> None:
    with pytest.raises(DestinationRefused):
        run(destinations.send(arn, DOCUMENT, object_key=""))


def test_a_bucket_that_is_not_there_says_so(run: Run, destinations: ServiceDestinations) -> None:
    with pytest.raises(S3Refused, match="NoSuchBucket"):
        run(destinations.send("arn:aws:s3:::none", DOCUMENT, object_key="k"))


def test_function_code_is_read_from_s3(client: Client, run: Run, services: MotoServices) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="code", Key="a b/fn+1.zip", Body=b"\x00one")["VersionId"]
    s3.put_object(Bucket="code", Key="a b/fn+1.zip", Body=b"\x00two")
    scope = {"account_id": "000000000000", "region": "eu-west-1"}
    assert run(fetch_object(services, "code", "a b/fn+1.zip", **scope)) == b"\x00two"
    assert run(fetch_object(services, "code", "a b/fn+1.zip", version=first, **scope)) == b"\x00one"


def test_missing_code_is_refused_with_s3s_own_words(run: Run, services: MotoServices) -> None:
    """Lambda quotes them: ``S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist``.

    Source: lambda-event-source-mappings §5.2.
    """
    with pytest.raises(S3Refused) as refused:
        run(fetch_object(services, "none", "k", account_id="000000000000", region="eu-west-1"))
    assert (refused.value.code, refused.value.message) == ("NoSuchBucket", "The specified bucket does not exist")
