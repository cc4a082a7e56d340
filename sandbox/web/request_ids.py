"""Request ids: random once, then counted, because every answer carries one."""

from itertools import count

from sandbox.ids import Ids

__all__ = ["RequestIds"]

_COUNTER_DIGITS = 12
_TAIL = "VV4KQNSO5AEMVJF66Q9ASUAAJG"


class RequestIds:
    """A source of request ids in the two forms AWS uses."""

    def __init__(self, ids: Ids) -> None:
        self._head = ids.request_id()[: 52 - _COUNTER_DIGITS - len(_TAIL)].encode()
        self._uuid_head = ids.uuid()[:-_COUNTER_DIGITS]
        self._numbers = count(int(ids.hex(_COUNTER_DIGITS - 2), 16))

    def plain(self) -> bytes:
        """52 upper-case letters and digits, as the JSON protocol has it. Source: dynamodb-exact §1.2."""
        return b"%b%012X%b" % (self._head, next(self._numbers), _TAIL_BYTES)

    def uuid(self) -> bytes:
        """A version 4 UUID, as REST services have it."""
        return f"{self._uuid_head}{next(self._numbers):012x}".encode()


_TAIL_BYTES = _TAIL.encode()
