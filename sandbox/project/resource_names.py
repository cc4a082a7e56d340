"""What a resource is called, and what ``Ref`` and ``Fn::GetAtt`` make of it.

A resource without a name of its own is called by its logical id. (CloudFormation would add the stack's name and a
random tail; here the short name is what a developer types.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox import arn
from sandbox.project.late import endpoint_url_token, layer_arn_token, stream_arn_token

__all__ = [
    "FUNCTION_TYPES",
    "LAYER_TYPES",
    "NAME_PROPERTIES",
    "TABLE_TYPES",
    "Identity",
    "attribute_of",
    "given_name",
    "known_attributes",
    "ref_of",
]

TABLE_TYPES: Final = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable")
FUNCTION_TYPES: Final = ("AWS::Lambda::Function", "AWS::Serverless::Function")
LAYER_TYPES: Final = ("AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion")

NAME_PROPERTIES: Final[Mapping[str, str]] = {
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::LayerVersion": "LayerName",
    "AWS::Serverless::SimpleTable": "TableName",
    "AWS::Serverless::StateMachine": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
"""The property that names a resource, where there is one."""

_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::GlobalTable": ("Arn", "StreamArn", "TableId"),
    "AWS::DynamoDB::Table": ("Arn", "StreamArn"),
    "AWS::Lambda::Function": ("Arn",),
    "AWS::Lambda::LayerVersion": ("LayerVersionArn",),
    "AWS::Lambda::Url": ("FunctionArn", "FunctionUrl"),
    "AWS::Serverless::Function": ("Arn",),
    "AWS::Serverless::SimpleTable": ("Arn",),
    "AWS::S3::Bucket": ("Arn", "DomainName", "RegionalDomainName", "DualStackDomainName", "WebsiteURL"),
    "AWS::SNS::Topic": ("TopicArn", "TopicName"),
    "AWS::SQS::Queue": ("Arn", "QueueName", "QueueUrl"),
}


def given_name(resource_type: str, logical_id: str, *, is_fifo: bool = False) -> str:
    """The name of a resource that says none: its logical id, as far as the service takes it for a name."""
    if resource_type == "AWS::S3::Bucket":
        return logical_id.lower()
    return f"{logical_id}.fifo" if is_fifo else logical_id


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A resource as others refer to it; *name* is its physical name."""

    type: str
    name: str
    account_id: str
    region: str


def known_attributes(resource_type: str) -> tuple[str, ...] | None:
    """The attributes of a type that is emulated, ``None`` for any other."""
    return _ATTRIBUTES.get(resource_type)


def ref_of(identity: Identity) -> str:
    """The value of ``Ref``."""
    match identity.type:
        case "AWS::SQS::Queue":
            return f"{endpoint_url_token()}/{identity.account_id}/{identity.name}"
        case kind if kind in LAYER_TYPES:
            return layer_arn_token(identity.name)
        case (
            "AWS::SNS::Topic"
            | "AWS::StepFunctions::StateMachine"
            | "AWS::Serverless::StateMachine"
            | "AWS::SecretsManager::Secret"
        ):
            return _arn(identity)
        case _:
            return identity.name


def attribute_of(identity: Identity, attribute: str) -> str | None:
    """The value of ``Fn::GetAtt``, or ``None`` where nothing true can be said."""
    match identity.type, attribute:
        case "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", "StreamArn":
            return stream_arn_token(identity.name)
        case ("AWS::SQS::Queue", "QueueUrl") | ("AWS::Lambda::LayerVersion", "LayerVersionArn"):
            return ref_of(identity)
        case ("AWS::SQS::Queue", "QueueName") | ("AWS::SNS::Topic", "TopicName"):
            return identity.name
        case "AWS::SNS::Topic", "TopicArn":
            return _arn(identity)
        case "AWS::S3::Bucket", "DomainName" | "RegionalDomainName" | "DualStackDomainName":
            return f"{identity.name}.s3.amazonaws.com"
        case _, "Arn":
            return _arn(identity)
        case _:
            return None


def _arn(identity: Identity) -> str:
    region, account_id, name = identity.region, identity.account_id, identity.name
    match identity.type:
        case kind if kind in TABLE_TYPES:
            return arn.table_arn(region, account_id, name)
        case kind if kind in FUNCTION_TYPES:
            return arn.function_arn(region, account_id, name)
        case "AWS::S3::Bucket":
            return f"arn:aws:s3:::{name}"
        case "AWS::IAM::Role":
            return f"arn:aws:iam::{account_id}:role/{name}"
        case "AWS::Kinesis::Stream":
            return f"arn:aws:kinesis:{region}:{account_id}:stream/{name}"
        case "AWS::SecretsManager::Secret":
            return f"arn:aws:secretsmanager:{region}:{account_id}:secret:{name}"
        case "AWS::StepFunctions::StateMachine" | "AWS::Serverless::StateMachine":
            return f"arn:aws:states:{region}:{account_id}:stateMachine:{name}"
        case "AWS::Events::Rule":
            return f"arn:aws:events:{region}:{account_id}:rule/{name}"
        case "AWS::SSM::Parameter":
            return f"arn:aws:ssm:{region}:{account_id}:parameter/{name.removeprefix('/')}"
        case "AWS::Events::EventBus":
            return f"arn:aws:events:{region}:{account_id}:event-bus/{name}"
        case kind:
            service = kind.split("::")[1].lower() if kind.count("::") == 2 else "unknown"
            return f"arn:aws:{service}:{region}:{account_id}:{name}"
