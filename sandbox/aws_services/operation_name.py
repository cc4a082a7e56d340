"""What a request asks for: the name of its operation, as far as the protocol has one."""

from urllib.parse import parse_qs

from sandbox.aws_services.caller import Caller
from sandbox.aws_services.wsgi import ForeignRequest

__all__ = ["may_change", "unwritten"]

_READS = ("Describe", "Get", "List", "Receive")


def unwritten(request: ForeignRequest, caller: Caller, reason: str = "") -> str:
    """Say of an operation that the hosted code does not have: its own name and its service's.

    *reason* is what the hosted code says itself, if anything.
    """
    what = _operation(request) or f"{request.method} {request.path}"
    more = f": {reason}" if reason else ""
    return f"{what} of {caller.service or 'this service'} is not emulated by this sandbox{more}."


def may_change(request: ForeignRequest) -> bool:
    """Whether anything may be different after *request*; one that only looks changes nothing for those who wait."""
    name = _operation(request)
    if name.startswith("DeleteMessage"):
        return b".fifo" in request.body  # there the next message of its group may be received now
    return not name.startswith(_READS) if name else request.method not in ("GET", "HEAD")


def _operation(request: ForeignRequest) -> str:
    """The operation's name; empty in a protocol that has only a method and a path."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    form = request.body.decode("utf-8", "replace") if b"Action=" in request.body else request.query
    return parse_qs(form).get("Action", [""])[0]
