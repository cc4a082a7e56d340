"""``--signatures``: who may ask at all, from every side that asks. Source: reliability S6; dynamodb-exact §1.4."""

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.e2e.conftest import Start

ClientOf = Callable[..., Any]
WRITES_BACK = """
import boto3


def handler(event, context):
    boto3.client("dynamodb").put_item(TableName="notes", Item={"pk": {"S": event["note"]}})
    return boto3.client("sts").get_caller_identity()["Account"]
"""


def client_of(url: str, access_key: str, secret: str) -> ClientOf:
    def make(service: str, **options: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=url,
            region_name="us-east-1",
            **{"aws_access_key_id": access_key, "aws_secret_access_key": secret, **options},
            # Without a version boto3 presigns for S3 as it did before 2014, which nobody can verify without its own rules.
            config=Config(retries={"max_attempts": 0}, signature_version="s3v4" if service == "s3" else None),
        )

    return make


def code_of(call: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["Error"]["Code"], refusal.value.response["ResponseMetadata"]["HTTPStatusCode"]


def make_table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="notes",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_with_the_keys_of_this_start_everything_works_and_without_them_nothing(start: Start) -> None:
    """Tables, functions and what these write, other services, presigned URLs, the commands of another terminal."""
    command = start("serve", "--port", 0, "--signatures", "strict")
    url = command.endpoint_url()
    access_key = command.line("export AWS_ACCESS_KEY_ID=").partition("=")[2]
    secret = command.line("export AWS_SECRET_ACCESS_KEY=").partition("=")[2]
    ours = client_of(url, access_key, secret)
    make_table(ours("dynamodb"))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", WRITES_BACK)
    ours("lambda").create_function(
        FunctionName="f",
        Role="arn:aws:iam::000000000000:role/r",
        Runtime="python3.12",
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=60,  # it loads boto3 and has moto loaded
    )
    answer = ours("lambda").invoke(FunctionName="f", Payload=json.dumps({"note": "a"}))
    assert json.load(answer["Payload"]) == access_key
    assert ours("dynamodb").scan(TableName="notes")["Count"] == 1
    ours("s3").create_bucket(Bucket="notes")
    ours("s3").put_object(Bucket="notes", Key="a b/c", Body=b"kept")
    presigned = ours("s3").generate_presigned_url("get_object", Params={"Bucket": "notes", "Key": "a b/c"})
    with urllib.request.urlopen(presigned) as kept:  # noqa: S310 - our own
        assert kept.read() == b"kept"
    ours("sqs").create_queue(QueueName="q")
    assert ours("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]

    theirs = client_of(url, access_key, "guessed")
    invalid = "InvalidSignatureException"
    assert code_of(theirs("dynamodb").list_tables) == (invalid, 400)
    assert code_of(theirs("dynamodbstreams").list_streams) == (invalid, 400)
    assert code_of(theirs("lambda").list_functions) == (invalid, 403)
    assert code_of(lambda: theirs("lambda").invoke(FunctionName="f")) == (invalid, 403)
    assert code_of(theirs("logs").describe_log_groups)[1] in (400, 403)
    assert code_of(theirs("cloudwatch").list_metrics)[1] in (400, 403)
    assert code_of(theirs("s3").list_buckets)[1] == 403
    assert code_of(theirs("sqs").list_queues)[1] == 403
    unknown = client_of(url, "AKIAIOSFODNN7EXAMPLE", secret)
    assert code_of(unknown("dynamodb").list_tables) == ("UnrecognizedClientException", 400)
    stolen = ours("dynamodb", aws_session_token="stolen")
    assert code_of(stolen.list_tables) == ("UnrecognizedClientException", 400)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(presigned.replace("notes", "others", 1))  # noqa: S310 - our own
    assert refusal.value.code == 403
    refusal.value.close()

    asked = start("mappings", "list", "--endpoint-url", url)
    assert asked.finish() == 1
    assert "This sandbox checks signatures (--signatures strict)" in asked.text
    keys = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret}
    assert start("mappings", "list", "--endpoint-url", url, **keys).finish() == 0
    told = start("env", "--endpoint-url", url, **keys)
    assert told.finish() == 0
    assert f"export AWS_SECRET_ACCESS_KEY={secret}" in told.text
    assert start("clock", "advance", "5", "--endpoint-url", url, **keys).finish() == 0
    ours("dynamodb").list_tables()  # its own clock is not the clients'
    assert command.stop() == 0


def test_the_secret_may_be_given(start: Start) -> None:
    command = start("serve", "--port", 0, "--signatures", "strict", SANDBOX_SECRET_ACCESS_KEY="of our CI")
    url = command.endpoint_url()
    assert client_of(url, "123456789012", "of our CI")("dynamodb").list_tables()["TableNames"] == []
    assert command.stop() == 0


def test_unsigned_requests_where_the_user_lets_them_in(start: Start) -> None:
    command = start("serve", "--port", 0, "--signatures", "off")
    url = command.endpoint_url()
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    with urllib.request.urlopen(urllib.request.Request(url, data=b"{}", headers=headers)) as answer:  # noqa: S310 - our own
        assert json.load(answer) == {"TableNames": []}
    assert command.stop() == 0
