"""Calls by operation name, as the sandbox makes them for a template: every protocol there is."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.refusals import ServiceRefused

Client = Callable[..., Any]
Ask = Callable[..., Any]


@pytest.fixture
def ask(services: MotoServices, loop: asyncio.AbstractEventLoop) -> Ask:
    def now(service: str, operation: str, parameters: dict[str, Any], **place: str) -> Any:
        call: Coroutine[Any, Any, Any] = services.ask(service, operation, parameters, **place)
        return asyncio.run_coroutine_threadsafe(call, loop).result()

    return now


def test_json(ask: Ask, client: Client) -> None:
    ask("ssm", "PutParameter", {"Name": "/a", "Value": "v", "Type": "String"}, region="eu-west-1")
    assert client("ssm").get_parameter(Name="/a")["Parameter"]["Value"] == "v"


def test_query(ask: Ask, client: Client) -> None:
    arn = ask("sns", "CreateTopic", {"Name": "news"}, account_id="123456789012", region="eu-west-1")["TopicArn"]
    assert client("sns", account="123456789012").get_topic_attributes(TopicArn=arn)["Attributes"]["TopicArn"] == arn


def test_rest_xml(ask: Ask, client: Client) -> None:
    ask("s3", "CreateBucket", {"Bucket": "photos"})
    ask("s3", "PutObject", {"Bucket": "photos", "Key": "in/a cat.jpg", "Body": b"meow"})
    body = client("s3", region="us-east-1").get_object(Bucket="photos", Key="in/a cat.jpg")["Body"].read()
    assert body == b"meow"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("ssm", "GetParameter", {"Name": "/none"}, "ParameterNotFound"),
        ("sns", "GetTopicAttributes", {"TopicArn": "arn:aws:sns:us-east-1:000000000000:none"}, "NotFound"),
        ("s3", "ListObjectsV2", {"Bucket": "none"}, "NoSuchBucket"),
        ("sqs", "GetQueueUrl", {"QueueName": "none"}, "AWS.SimpleQueueService.NonExistentQueue"),
    ],
    ids=["json", "query", "rest-xml", "json with query codes"],
)
def test_a_refusal_keeps_its_code(
    ask: Ask, service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ServiceRefused) as refused:
        ask(service, operation, parameters)
    assert refused.value.code == code


@pytest.mark.parametrize(("service", "operation"), [("sqs", "MakeQueue"), ("nothing", "CreateQueue")])
def test_what_aws_does_not_have_is_refused_by_name(ask: Ask, service: str, operation: str) -> None:
    with pytest.raises(ServiceRefused, match=f"no operation {operation} of {service}"):
        ask(service, operation, {})
