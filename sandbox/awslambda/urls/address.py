"""The id in the address of a function URL."""

import base64
import hashlib

__all__ = ["url_id_of"]


def url_id_of(arn: str) -> str:
    """Work out the twelve letters and digits that stand for *arn* in addresses: the same after every start.

    AWS has 32 of them; an address of these would not fit a line of a terminal.
    """
    return base64.b32encode(hashlib.sha256(arn.encode()).digest())[:12].decode().lower()
