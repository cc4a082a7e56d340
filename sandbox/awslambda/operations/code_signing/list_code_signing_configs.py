"""ListCodeSigningConfigs."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_code_signing_configs"]


class Request(RequestShape):
    """ListCodeSigningConfigs' members."""

    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=10_000)] | None = None


class Response(ResponseShape):
    """Always empty."""

    code_signing_configs: list[dict[str, str]]


@operation("ListCodeSigningConfigs", Request)
def list_code_signing_configs(scope: LambdaScope, request: Request) -> Response:  # noqa: ARG001 - every operation takes both
    """Tell that there are none."""
    return Response(code_signing_configs=[])
