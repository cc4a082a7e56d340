"""What to say of an operation that the hosted code does not have: its own name and its service's."""

from urllib.parse import parse_qs

from sandbox.aws_services.caller import Caller
from sandbox.aws_services.wsgi import ForeignRequest

__all__ = ["unwritten"]


def unwritten(request: ForeignRequest, caller: Caller, reason: str = "") -> str:
    """The sentence for *request*; *reason* is what the hosted code says itself, if anything."""
    what = _operation(request) or f"{request.method} {request.path}"
    more = f": {reason}" if reason else ""
    return f"{what} of {caller.service or 'this service'} is not emulated by this sandbox{more}."


def _operation(request: ForeignRequest) -> str:
    """The operation's name; empty in a protocol that has only a method and a path."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    form = request.body.decode("utf-8", "replace") if b"Action=" in request.body else request.query
    return parse_qs(form).get("Action", [""])[0]
