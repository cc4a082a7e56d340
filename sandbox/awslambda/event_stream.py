"""Messages of ``application/vnd.amazon.eventstream``: lengths, headers, payload, checksums.

Source: AWS documentation of event stream encoding, as in the Amazon Transcribe developer guide.
"""

from binascii import crc32

__all__ = ["event_message"]

_TEXT = 7
"""The type of a header whose value is text."""
_FRAME_BYTES = 16
"""Two lengths and two checksums of four bytes each."""


def event_message(event_type: str, payload: bytes, *, content_type: str) -> bytes:
    """One event with its payload."""
    told = {":event-type": event_type, ":content-type": content_type, ":message-type": "event"}
    headers = b"".join(_header(name, value) for name, value in told.items())
    lengths = (len(headers) + len(payload) + _FRAME_BYTES).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    prelude = lengths + crc32(lengths).to_bytes(4, "big")
    message = prelude + headers + payload
    return message + crc32(message).to_bytes(4, "big")


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return bytes([len(name)]) + name.encode() + bytes([_TEXT]) + len(text).to_bytes(2, "big") + text
