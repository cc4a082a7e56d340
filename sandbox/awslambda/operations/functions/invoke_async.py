"""InvokeAsync."""

from sandbox.awslambda.event import read_event
from sandbox.awslambda.limits import ASYNCHRONOUS_PAYLOAD_BYTES_MAX
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.awslambda.submission import submit_event
from sandbox.wire.operation import RequestShape, operation
from sandbox.wire.raw_reply import RawReply

__all__ = ["invoke_async"]


class Request(RequestShape):
    """InvokeAsync's members; ``InvokeArgs`` is the body as it came."""

    function_name: NamespacedFunctionName
    invoke_args: bytes


@operation("InvokeAsync", Request, success_status=202)
def invoke_async(scope: LambdaScope, request: Request) -> RawReply:
    """Leave an event to a function, as Invoke does with the type ``Event``; an older way to say it.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the event is not JSON.
        RequestTooLargeException: the event is too large.
    """
    reference = scope.reference(request.function_name)
    event = read_event(request.invoke_args, bytes_max=ASYNCHRONOUS_PAYLOAD_BYTES_MAX)
    request_id = scope.ids.uuid()
    submit_event(scope, reference, event, request_id=request_id)
    return RawReply(status=202, headers={"x-amzn-RequestId": request_id}, body=b'{"Status":202}')
