"""``AWS::SSM::Parameter``, ``AWS::SecretsManager::Secret`` and ``AWS::Kinesis::Stream``: made by one call each.

Source: AWS CloudFormation template reference; AWS Secrets Manager API reference, GetRandomPassword (the defaults).
"""

import json
import secrets
import string
from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.project import ServiceCall, ServiceResource
from sandbox.project.services.place import Place
from sandbox.project.services.tags import TAG_LIST
from sandbox.project.shapes import Document, Flag, Number, Reader, Struct, Text, Unread
from sandbox.project.template import Resource

__all__ = ["generated_secret", "read_kinesis_stream", "read_parameter", "read_secret"]

_PARAMETER: Final = Struct(
    name="AWS::SSM::Parameter",
    members={
        "AllowedPattern": Text(),
        "DataType": Text(),
        "Description": Text(),
        "Name": Text(),
        "Policies": Unread(),
        "Tags": Unread(),
        "Tier": Text(),
        "Type": Text(choices=("String", "StringList")),
        "Value": Text(),
    },
    required=("Type", "Value"),
)
_GENERATED: Final = Struct(
    name="GenerateSecretString",
    members={
        "ExcludeCharacters": Text(),
        "ExcludeLowercase": Flag(),
        "ExcludeNumbers": Flag(),
        "ExcludePunctuation": Flag(),
        "ExcludeUppercase": Flag(),
        "GenerateStringKey": Text(),
        "IncludeSpace": Flag(),
        "PasswordLength": Number(),
        "RequireEachIncludedType": Flag(),
        "SecretStringTemplate": Text(),
    },
)
_SECRET: Final = Struct(
    name="AWS::SecretsManager::Secret",
    members={
        "Description": Text(),
        "GenerateSecretString": _GENERATED,
        "KmsKeyId": Unread(),
        "Name": Text(),
        "ReplicaRegions": Unread(),
        "SecretString": Text(),
        "Tags": TAG_LIST,
        "Type": Unread(),
    },
)
_KINESIS_STREAM: Final = Struct(
    name="AWS::Kinesis::Stream",
    members={
        "DesiredShardLevelMetrics": Unread(),
        "MaxRecordSizeInKiB": Unread(),
        "Name": Text(),
        "RetentionPeriodHours": Unread(),
        "ShardCount": Number(),
        "StreamEncryption": Unread(),
        "StreamModeDetails": Document(),
        "Tags": Unread(),
        "WarmThroughputMiBps": Unread(),
    },
)
_PASSWORD_LENGTH: Final = 32


def read_parameter(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """The parameter; one that is there gets the template's value."""
    values = reader.struct(resource.properties, _PARAMETER, resource.line)
    return _made(resource, name, ServiceCall("ssm", "PutParameter", {**values, "Name": name, "Overwrite": True}))


def read_secret(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """The secret; a generated one is another at every start."""
    values = reader.struct(resource.properties, _SECRET, resource.line)
    generation = values.pop("GenerateSecretString", None)
    if generation is not None:
        values["SecretString"] = generated_secret(generation)
    call = ServiceCall(
        "secretsmanager", "CreateSecret", {**values, "Name": name}, there_already=("ResourceExistsException",)
    )
    return _made(resource, name, call)


def read_kinesis_stream(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """The Kinesis stream."""
    values = reader.struct(resource.properties, _KINESIS_STREAM, resource.line)
    values.pop("Name", None)
    if "StreamModeDetails" not in values:
        values.setdefault("ShardCount", 1)
    call = ServiceCall(
        "kinesis", "CreateStream", {**values, "StreamName": name}, there_already=("ResourceInUseException",)
    )
    return _made(resource, name, call)


def generated_secret(generation: Mapping[str, Any]) -> str:
    """A random password, in the JSON document of the template where it says one."""
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    excluded = generation.get("ExcludeCharacters", "")
    pools = [
        "".join(character for character in characters if character not in excluded)
        for member, characters in kinds.items()
        if not generation.get(member)
    ]
    pools = [pool for pool in [*pools, " " if generation.get("IncludeSpace") else ""] if pool]
    length = generation.get("PasswordLength", _PASSWORD_LENGTH)
    all_characters = "".join(pools)
    # Of every kind one, as AWS does unless told otherwise; the rest from all of them, in no order.
    characters = [secrets.choice(pool) for pool in pools][:length]
    characters += [secrets.choice(all_characters) for _ in range(length - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    password = "".join(characters)
    if "GenerateStringKey" not in generation:
        return password
    document: dict[str, Any] = json.loads(generation.get("SecretStringTemplate") or "{}")
    return json.dumps({**document, generation["GenerateStringKey"]: password})


def _made(resource: Resource, name: str, call: ServiceCall) -> ServiceResource:
    return ServiceResource(
        logical_id=resource.logical_id, type=resource.type, name=name, line=resource.line, making=(call,)
    )
