"""CloudFormation must not make tables that the endpoint then does not have."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws_services.templates import refusal_of

Client = Callable[..., Any]
QUEUE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}}}
TABLE = {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}}}}


def test_a_queue_may_be_deployed() -> None:
    assert refusal_of(json.dumps(QUEUE)) is None


@pytest.mark.parametrize("operation", ["create_stack", "update_stack"])
def test_a_table_is_refused_with_the_way_that_works(client: Client, operation: str) -> None:
    with pytest.raises(ClientError, match=r"does not deploy AWS::DynamoDB::Table .*sandbox dev") as refusal:
        getattr(client("cloudformation"), operation)(StackName="s", TemplateBody=json.dumps(TABLE))
    assert refusal.value.response["Error"]["Code"] == "ValidationError"


def test_a_template_in_s3_is_looked_at_too(client: Client) -> None:
    s3 = client("s3", region="us-east-1")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="t.json", Body=json.dumps(TABLE))
    with pytest.raises(ClientError, match="does not deploy AWS::DynamoDB::Table"):
        client("cloudformation").create_stack(StackName="s", TemplateURL="https://s3.amazonaws.com/templates/t.json")
