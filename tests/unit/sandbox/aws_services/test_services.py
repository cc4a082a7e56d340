"""Everyday use of services that are not ours, through boto3."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws_services.faults import MisroutedRequest

Client = Callable[..., Any]


def test_a_twelve_digit_access_key_is_the_account(client: Client) -> None:
    assert client("sts", account="123456789012").get_caller_identity()["Account"] == "123456789012"


def test_any_other_access_key_is_the_default_account(client: Client) -> None:
    assert client("sts", account="AKIAIOSFODNN7EXAMPLE").get_caller_identity()["Account"] == "000000000000"


def test_accounts_and_regions_do_not_see_each_other(client: Client) -> None:
    client("sqs", account="111111111111", region="eu-west-1").create_queue(QueueName="q")
    assert "QueueUrls" in client("sqs", account="111111111111", region="eu-west-1").list_queues()
    assert "QueueUrls" not in client("sqs", account="111111111111", region="us-east-1").list_queues()
    assert "QueueUrls" not in client("sqs", account="222222222222", region="eu-west-1").list_queues()


def test_the_region_is_the_signed_one_whatever_the_user_agent_says(client: Client) -> None:
    """The hosted code would prefer a region named in the User-Agent header."""
    queue = client("sqs", region="us-west-2", user_agent_extra="region/eu-central-1").create_queue(QueueName="q")
    arn = client("sqs", region="us-west-2").get_queue_attributes(
        QueueUrl=queue["QueueUrl"], AttributeNames=["QueueArn"]
    )
    assert arn["Attributes"]["QueueArn"] == "arn:aws:sqs:us-west-2:000000000000:q"


def test_a_queue_url_names_the_endpoint_that_was_asked(client: Client) -> None:
    url = client("sqs", endpoint_url="http://127.0.0.1:4999").create_queue(QueueName="q")["QueueUrl"]
    assert url == "http://127.0.0.1:4999/000000000000/q"


def test_a_message_goes_in_and_comes_out(client: Client) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "hello"


def test_a_topic_delivers_to_a_queue(client: Client) -> None:
    sqs, sns = client("sqs"), client("sns")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:000000000000:q")
    sns.publish(TopicArn=topic, Message="hello")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert '"hello"' in message["Body"]


def test_parameters_and_secrets(client: Client) -> None:
    client("ssm").put_parameter(Name="/a/b", Value="v", Type="String")
    client("secretsmanager").create_secret(Name="s", SecretString="w")
    assert client("ssm").get_parameter(Name="/a/b")["Parameter"]["Value"] == "v"
    assert client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "w"


def test_an_aws_error_keeps_its_shape(client: Client) -> None:
    with pytest.raises(ClientError) as refusal:
        client("ssm").get_parameter(Name="/none")
    assert refusal.value.response["Error"]["Code"] == "ParameterNotFound"


def test_a_service_nobody_answers_for_is_named(client: Client) -> None:
    with pytest.raises(ClientError) as refusal:
        client("gameliftstreams").list_applications()
    assert "gameliftstreams" in str(refusal.value)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_service_whose_packages_are_missing_says_what_to_install(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few services need packages that are not installed with this one."""
    from sandbox.aws_services import hosting  # noqa: PLC0415 - imports moto

    def fail(*_: Any) -> Any:
        raise ModuleNotFoundError("No module named 'rare'", name="rare")

    monkeypatch.setattr(hosting, "run", fail)
    with pytest.raises(ClientError, match=r"needs the package rare: pip install 'moto\[all\]'"):
        client("apigateway").get_rest_apis()


@pytest.mark.parametrize(
    ("service", "operation"),
    [("dynamodb", "list_tables"), ("dynamodbstreams", "list_streams"), ("lambda", "list_functions")],
)
def test_our_own_services_never_get_there(client: Client, service: str, operation: str) -> None:
    """A second, hidden DynamoDB would answer with tables that are not there; a routing mistake has to be loud."""
    with pytest.raises(MisroutedRequest):
        getattr(client(service), operation)()


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "said"),
    [
        ("ssm", "list_nodes", {}, "ListNodes of ssm is not emulated"),
        ("iam", "generate_service_last_accessed_details", {"Arn": "arn:aws:iam::000000000000:role/x"}, "GenerateServiceLastAccessedDetails of iam"),
        ("batch", "list_consumable_resources", {}, "POST /v1/listconsumableresources of batch"),
    ],
    ids=["json", "query", "rest"],
)  # fmt: skip
def test_an_operation_nobody_wrote_is_named(
    client: Client, service: str, operation: str, parameters: dict[str, str], said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refusal:
        getattr(client(service), operation)(**parameters)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert refusal.value.response["Error"]["Code"] == "NotImplemented"
