"""A stream record as the poller reads it.

The ``dynamodb`` part stays the JSON bytes it came as: building a Lambda event is joining bytes, and only filters and
lanes look inside.
"""

import msgspec

__all__ = ["SHARD_AT", "SHARD_END", "SHARD_LATEST", "SHARD_START", "StreamRecord"]

SHARD_END = "SHARD_END"
"""The checkpoint of a closed shard that has been read to its end."""

SHARD_START = "TRIM_HORIZON"
"""The checkpoint of a shard that is to be read from its oldest record."""

SHARD_LATEST = "LATEST"
"""The checkpoint of a shard that is to be read from whatever comes next; only where the source cannot say what was last."""

SHARD_AT = "AT:"
"""Before the first record that came after ``SHARD_LATEST``: the checkpoint is this and that record's sequence number."""

_TTL_IDENTITY = '"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},'


class _Keyed(msgspec.Struct):
    Keys: dict[str, msgspec.Raw]


_DECODE_KEYS = msgspec.json.Decoder(_Keyed).decode


class StreamRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One change of one item.

    Attributes:
        event_id: 32 lower-case hexadecimal digits.
        event_name: INSERT, MODIFY or REMOVE.
        sequence_number: decimal digits; grows as an integer within a shard.
        created_seconds: ``ApproximateCreationDateTime``, whole epoch seconds.
        dynamodb: the JSON bytes of the record's ``dynamodb`` member, keys in AWS's order.
        is_service_delete: the record carries the TTL sweeper's identity.
    """

    event_id: str
    event_name: str
    sequence_number: str
    created_seconds: float
    aws_region: str
    dynamodb: bytes
    is_service_delete: bool = False

    @property
    def position(self) -> int:
        """The sequence number as an integer, for comparing."""
        return int(self.sequence_number)

    def key_json(self, name: str) -> bytes:
        """The attribute *name* of the key as JSON, ``{"S":"a"}``; nothing else is decoded."""
        return bytes(_DECODE_KEYS(self.dynamodb).Keys[name])

    def event_json(self, stream_arn: str) -> bytes:
        """The record as a Lambda event carries it. Source: aws-recorded-answers §4 (key order as recorded)."""
        head = (
            f'{{"eventID":"{self.event_id}","eventName":"{self.event_name}","eventVersion":"1.1",'
            f'"eventSource":"aws:dynamodb","awsRegion":"{self.aws_region}",'
            f'{_TTL_IDENTITY if self.is_service_delete else ""}"dynamodb":'
        )
        return b"".join((head.encode(), self.dynamodb, f',"eventSourceARN":"{stream_arn}"}}'.encode()))
