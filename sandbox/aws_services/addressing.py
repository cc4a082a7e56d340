"""S3's two ways of naming a bucket, brought to one: everything becomes path style.

``http://photos.localhost:4566/cat.jpg``, ``http://photos.s3.localhost:4566/cat.jpg`` and
``http://photos.s3.eu-west-1.localhost:4566/cat.jpg`` all mean ``/photos/cat.jpg``.
"""

import re

__all__ = ["path_style"]

_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.-]*?)\.(?:s3[.-](?:dualstack\.)?(?:[a-z]{2}(?:-[a-z]+)+-[0-9]\.)?)?localhost(?:\.localstack\.cloud)?(?::[0-9]+)?"
)
_ENDPOINT = re.compile(r"s3[.-]?(?:dualstack\.)?(?:[a-z]{2}(?:-[a-z]+)+-[0-9])?")


def path_style(host: str, path: str) -> tuple[str, str]:
    """The Host and path that name the same thing with the bucket in the path.

    *path* is the raw path of the request, as sent. A Host that names no bucket keeps the path; the returned Host is
    always one that cannot be taken for a bucket's.
    """
    match = _VIRTUAL_HOST.fullmatch(host.lower())
    port = _port(host)
    if match is None or _ENDPOINT.fullmatch(match["bucket"]):
        return f"localhost{port}", path
    return f"localhost{port}", f"/{match['bucket']}{path}"


def _port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return f":{port}" if colon and port.isdigit() and not name.endswith(":") else ""
