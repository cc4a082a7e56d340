"""The HTTP session that clients share."""

import aiohttp

__all__ = ["open_session"]


def open_session() -> aiohttp.ClientSession:
    """Open a session; close it on the same event loop. Connections are not limited: a shard's poll waits for no other's."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), auto_decompress=True)
