"""boto3 clients and resources that find the sandbox and nothing else.

They read neither the developer's profiles nor his credentials. One session is kept for the whole process, as loading a
service's description costs more than everything else of a client together.
"""

import functools
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3.session import Session

__all__ = ["make_client", "make_resource"]

_turn = threading.Lock()
"""A session makes one client at a time."""


def make_client(service: str, *, endpoint_url: str, account_id: str, region: str, **options: Any) -> Any:
    """A boto3 client; *options* go to ``Session.client`` and win over ours."""
    with _turn:
        return _session().client(service, **_settings(endpoint_url, account_id, region, options))


def make_resource(service: str, *, endpoint_url: str, account_id: str, region: str, **options: Any) -> Any:
    """A boto3 resource; *options* go to ``Session.resource`` and win over ours."""
    with _turn:
        return _session().resource(service, **_settings(endpoint_url, account_id, region, options))


def _settings(endpoint_url: str, account_id: str, region: str, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "endpoint_url": endpoint_url,
        "region_name": region,
        "aws_access_key_id": account_id,
        "aws_secret_access_key": "sandbox",
        **options,
    }


@functools.cache
def _session() -> "Session":
    import boto3.session  # noqa: PLC0415 - 100 ms, and only for tests that want a client
    import botocore.session  # noqa: PLC0415 - as above

    own_files_only = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=own_files_only))
