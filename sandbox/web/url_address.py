"""Which requests are for function URLs: by Host, or by a path that needs no name to be looked up.

``http://<id>.lambda-url.<region>.localhost:4566/orders`` and ``http://127.0.0.1:4566/_sandbox/function-url/<id>/orders``
are the same to the function.
"""

import re
from typing import Final

from aiohttp import web

from sandbox.web.incoming import path_and_query

__all__ = ["url_address"]

_HOST: Final = re.compile(r"([a-z0-9]{1,63})\.lambda-url\.[a-z0-9-]+\.[^:]+(?::[0-9]+)?")
_PATH: Final = re.compile(r"/_sandbox/function-url/([^/]+)(/.*)?", re.DOTALL)


def url_address(request: web.BaseRequest) -> tuple[str, str] | None:
    """The id of the function URL that a request names, and the path that the function sees; ``None`` for all others."""
    path, _ = path_and_query(request)
    by_host = _HOST.fullmatch(request.headers.get("Host", "").lower())
    if by_host is not None:
        return by_host[1], path
    by_path = _PATH.fullmatch(path)
    return None if by_path is None else (by_path[1], by_path[2] or "/")
