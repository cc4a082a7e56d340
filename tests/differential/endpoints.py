"""An endpoint of DynamoDB that is asked like any other, AWS included, and what it answered."""

import base64
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

__all__ = ["Answer", "Endpoint", "Request"]


@dataclass(frozen=True)
class Request:
    """One call: the wire name of an operation and its parameters, which are sent as they are."""

    operation: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A document, or the code and message of a refusal."""

    document: dict[str, Any] | None = None
    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return repr(self.document) if self.document is not None else f"{self.code}: {self.message}"


class Endpoint:
    """Asks one endpoint; without a URL AWS itself, with the credentials of the environment.

    Args:
        url: of DynamoDB; None is AWS.
    """

    def __init__(self, url: str | None) -> None:
        keys = {} if url is None else {"aws_access_key_id": "000000000000", "aws_secret_access_key": "secret"}
        self._client: Any = boto3.client(
            "dynamodb",
            endpoint_url=url,
            region_name=None if url is None else "us-east-1",
            config=Config(parameter_validation=False, retries={"max_attempts": 0 if url else 3}, read_timeout=60),
            **keys,
        )

    def ask(self, request: Request) -> Answer:
        """Send one request; what has no form of AWS's raises."""
        method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in request.operation)
        try:
            document = getattr(self._client, method.lstrip("_"))(**request.parameters)
        except ClientError as error:
            told = error.response["Error"]
            return Answer(code=told["Code"], message=told.get("Message", ""))
        del document["ResponseMetadata"]
        return Answer(_on_the_wire(document))

    def make_table(self, parameters: dict[str, Any]) -> None:
        """Create a table and wait until it is there."""
        self._client.create_table(**parameters)
        self._client.get_waiter("table_exists").wait(TableName=parameters["TableName"])

    def drop_table(self, name: str) -> None:
        """Delete a table."""
        self._client.delete_table(TableName=name)


def _on_the_wire(part: Any) -> Any:
    """Binary as it was sent, which is text."""
    if isinstance(part, bytes):
        return base64.b64encode(part).decode()
    if isinstance(part, dict):
        return {name: _on_the_wire(member) for name, member in part.items()}
    return [_on_the_wire(member) for member in part] if isinstance(part, list) else part
