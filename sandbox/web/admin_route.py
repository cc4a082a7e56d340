"""One thing that can be asked of the sandbox itself, declared: what is sent, what answers, whether it changes anything."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = ["AdminRequest", "AdminRoute"]


class AdminRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is sent: members of the JSON body of a change, parameters of the query of a read."""


@dataclass(frozen=True, kw_only=True)
class AdminRoute:
    """One path below ``/_sandbox/``.

    Attributes:
        request: what is sent.
        answer: gets a *request*, gives a JSON object; may raise ``sandbox.web.refusal.Refusal``.
        changes: a POST with a JSON body; else a GET, whose parameters are in the query.
    """

    request: type[AdminRequest]
    answer: Callable[[Any], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]
    changes: bool = False
