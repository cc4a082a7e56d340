"""Ask for the metrics that are not functions', on the sandbox's own behalf."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.refusals import refusal

__all__ = ["call_cloudwatch"]

_TARGET: Final = "GraniteServiceVersion20100801"


async def call_cloudwatch(
    services: MotoServices, account_id: str, region: str, operation: str, members: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Make one call in the JSON protocol, times in epoch seconds both ways.

    Raises:
        ServiceRefused: it is refused.
    """
    reply = await services.call(
        "monitoring",
        account_id=account_id,
        region=region,
        headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": f"{_TARGET}.{operation}"},
        body=msgspec.json.encode(members),
    )
    answer: dict[str, Any] = msgspec.json.decode(reply.body or b"{}")
    if reply.status != 200:
        code = str(answer.get("__type", "")).rpartition("#")[2]
        raise refusal(code, str(answer.get("message") or answer.get("Message") or ""))
    return answer
