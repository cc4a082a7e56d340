"""The id in the address of a function URL."""

import base64
import hashlib

__all__ = ["url_id_of"]


def url_id_of(arn: str) -> str:
    """Work out the 32 letters and digits that stand for *arn* in addresses: the same after every start."""
    return base64.b32encode(hashlib.sha256(arn.encode()).digest())[:32].decode().lower()
