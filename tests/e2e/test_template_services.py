"""A template's queues, topics, buckets, parameters, secrets and rules: really there, and wired as it says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., Any]
Client = Callable[..., Any]

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Uploads: {Type: AWS::S3::Bucket}
  Seen:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}, VisibilityTimeout: 7}
  Dead: {Type: AWS::SQS::Queue}
  Inbox: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  News:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Seen.Arn}]}
  Greeting: {Type: AWS::SSM::Parameter, Properties: {Name: /greeting, Type: String, Value: !Sub "hello ${Seen.QueueName}"}}
  Password: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {PasswordLength: 20}}}
  Tell:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: app
      Handler: app.handler
      Runtime: python3.13
      Timeout: 60
      Environment:
        Variables: {QUEUE: !Ref Seen, PARAMETER: !Ref Greeting, SECRET: !Ref Password}
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}
      Events:
        Upload:
          Type: S3
          Properties:
            Bucket: !Ref Uploads
            Events: s3:ObjectCreated:*
            Filter: {S3Key: {Rules: [{Name: suffix, Value: .txt}]}}
        News: {Type: SNS, Properties: {Topic: !Ref News}}
        Letter: {Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn}}
        Placed: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}}}
        Nobody: {Type: Cognito, Properties: {UserPool: pool}}
"""
HANDLER = """
import json, os
import boto3

GREETING = boto3.client("ssm").get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"]

def handler(event, context):
    if event == "fail":
        raise ValueError("no good")
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])["SecretString"]
    record = event["Records"][0] if "Records" in event else event
    source = record.get("source") or record.get("eventSource") or record["EventSource"]
    body = json.dumps({"source": source, "greeting": GREETING, "secret": len(secret)})
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=body)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text(HANDLER)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return tmp_path


def test_what_a_template_names_is_there_and_connected(start: Start, client: Client, project: Path) -> None:
    command = start("dev", "--port", 0, folder=project)
    url = command.endpoint_url()
    assert "event Nobody of Tell (Cognito) is not emulated" in command.text
    sqs = client("sqs", url)
    queue = sqs.get_queue_url(QueueName="Seen")["QueueUrl"]
    settings = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert settings["VisibilityTimeout"] == "7"
    assert json.loads(settings["RedrivePolicy"])["deadLetterTargetArn"].endswith(":Dead")

    s3 = client("s3", url)
    s3.put_object(Bucket="uploads", Key="a.jpg", Body=b"")  # not .txt: nobody is told
    s3.put_object(Bucket="uploads", Key="a.txt", Body=b"")
    assert messages(sqs, queue, 1) == [told("aws:s3")]
    topic = "arn:aws:sns:us-east-1:000000000000:News"
    client("sns", url).publish(TopicArn=topic, Message="directly")
    assert sorted(messages(sqs, queue, 2)) == sorted(["directly", told("aws:sns")])
    client("events", url).put_events(Entries=[{"Source": "shop", "DetailType": "Order Placed", "Detail": "{}"}])
    assert messages(sqs, queue, 1) == [told("shop")]
    assert "Inbox -> Tell  batches of up to 10" in command.text
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="Inbox")["QueueUrl"], MessageBody="letter")
    assert messages(sqs, queue, 1) == [told("aws:sqs")]
    command.line("Inbox  -> Tell  batch of 1  OK")

    client("lambda", url).invoke(FunctionName="Tell", InvocationType="Event", Payload=b'"fail"')
    (failure,) = messages(sqs, sqs.get_queue_url(QueueName="Dead")["QueueUrl"], 1)
    assert json.loads(failure)["responsePayload"]["errorMessage"] == "no good"
    assert command.stop() == 0


def told(source: str) -> str:
    return json.dumps({"source": source, "greeting": "hello Seen", "secret": 20})


def messages(sqs: Any, queue: str, count: int) -> list[str]:
    """The next *count* messages, as they were sent; what came through a topic without its wrapping."""
    found: list[str] = []
    while len(found) < count:
        received = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MaxNumberOfMessages=10).get("Messages", [])
        assert received, f"only {found}"
        for message in received:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            found.append(body["Message"] if "Message" in body else message["Body"])
    return found


def test_other_services_are_told_to_be_fleeting(start: Start, client: Client, project: Path) -> None:
    """``--data`` keeps tables and functions; who keeps data expects it of the rest too."""
    command = start("dev", "--port", 0, "--data", ".sandbox", folder=project)
    url = command.endpoint_url()
    assert "not kept: empty at every start" in command.text
    client("s3", url).put_object(Bucket="uploads", Key="a.jpg", Body=b"")
    assert command.stop() == 0
    again = start("dev", "--port", 0, "--data", ".sandbox", folder=project)
    assert client("s3", again.endpoint_url()).list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    assert again.stop() == 0
