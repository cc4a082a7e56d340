"""The context object a handler gets as its second argument. Source: lambda-event-source-mappings §5.4."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from .failure import Failure, Fault

__all__ = ["LambdaContext", "client_context_of"]


class _Record:
    """A plain object with a fixed set of members, ``None`` where the caller sent none."""

    _members: tuple[str, ...] = ()

    def __init__(self, members: Mapping[str, Any]) -> None:
        for name in self._members:
            setattr(self, name, members.get(name))

    def __repr__(self) -> str:
        members = ",".join(f"{name}={getattr(self, name)}" for name in self._members)
        return f"{type(self).__name__}([{members}])"


class CognitoIdentity(_Record):
    """Who called, when Amazon Cognito authorised the request; both members ``None`` here."""

    _members = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Record):
    """The mobile client, as the caller described it."""

    _members = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Record):
    """What the caller sent in ``X-Amz-Client-Context``: ``client``, ``custom``, ``env``."""

    _members = ("custom", "env", "client")


class LambdaContext:
    """Tells a handler about its invocation.

    Args:
        deadline_ms: epoch milliseconds of the machine's own clock, at which the invocation is given up.
        environment: where the function's fixed facts are (``AWS_LAMBDA_FUNCTION_NAME`` …).
    """

    def __init__(
        self,
        request_id: str,
        deadline_ms: int,
        invoked_function_arn: str,
        client_context: Mapping[str, Any] | None,
        environment: Mapping[str, str],
    ) -> None:
        self.aws_request_id = request_id
        self.log_group_name = environment.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environment.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environment.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = invoked_function_arn
        self.tenant_id: str | None = None
        self.identity = CognitoIdentity({})
        self.client_context: ClientContext | None = None
        self._w3c: dict[str, str] = {}
        if client_context is not None:
            trace_context = client_context.get("w3c")
            if isinstance(trace_context, dict):
                members = {name: trace_context.get(name) for name in ("traceparent", "tracestate", "baggage")}
                self._w3c = {name: value for name, value in members.items() if isinstance(value, str)}
            self.client_context = ClientContext(client_context)
            client = client_context.get("client")
            self.client_context.client = Client(client) if isinstance(client, dict) else None  # type: ignore[attr-defined] # set by name
        self._epoch_deadline_time_in_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left before the invocation times out, never below 0."""
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def w3c(self) -> dict[str, str]:
        """The W3C trace context that the caller sent in its client context, as far as it did."""
        return dict(self._w3c)

    def log(self, message: object) -> None:
        """Write *message* to the log, without a newline."""
        sys.stdout.write(str(message))

    def __repr__(self) -> str:
        names = (
            "aws_request_id",
            "log_group_name",
            "log_stream_name",
            "function_name",
            "memory_limit_in_mb",
            "function_version",
            "invoked_function_arn",
            "client_context",
            "identity",
            "tenant_id",
        )
        return "LambdaContext([{}])".format(",".join(f"{name}={getattr(self, name)}" for name in names))


def client_context_of(header: str | bytes | None) -> Mapping[str, Any] | None:
    """The client context in a ``Lambda-Runtime-Client-Context`` header; ``None`` where there is none.

    Raises:
        Fault: ``Runtime.LambdaContextUnmarshalError``, it is not JSON.
    """
    if not header:
        return None
    try:
        decoded = json.loads(header)
    except ValueError as error:
        message = f"Unable to parse Client Context JSON: {error}"
        raise Fault(Failure("Runtime.LambdaContextUnmarshalError", message)) from error
    return decoded if isinstance(decoded, dict) else {}
