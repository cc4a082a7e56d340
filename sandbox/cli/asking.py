"""Ask a running sandbox: where it answers, one request, its refusal as one sentence."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import click

from sandbox.cli.failure import StartFailure

__all__ = ["Endpoint", "asking_options", "print_json"]

DEFAULT_URL: Final = "http://127.0.0.1:4566"
_PATIENCE_SECONDS: Final = 90.0
"""Longer than any wait that is asked for, and than most handlers."""

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


class Endpoint:
    """A running sandbox.

    Attributes:
        url: where it answers.
        secret_access_key: what it wants requests to be signed with, as far as it has said; any, until then.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.secret_access_key = "sandbox"  # noqa: S105 - any will do, unless it says otherwise
        # Not through a proxy of the environment: the sandbox is at hand.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def get(self, path: str, **parameters: object) -> Any:
        """Read what lies under ``/_sandbox/`` and *path*; parameters that are ``None`` are left out.

        Raises:
            StartFailure: nothing answers, or it refuses.
        """
        words = sorted((name, _word(value)) for name, value in parameters.items() if value is not None)
        query = urlencode(words, safe="", quote_via=quote)
        return self._ask(urllib.request.Request(f"{self._path(path)}{'?' if query else ''}{query}"))  # noqa: S310 - see _path

    def post(self, path: str, members: Mapping[str, object]) -> Any:
        """Have something changed; *members* that are ``None`` are left out.

        Raises:
            StartFailure: nothing answers, or it refuses.
        """
        body = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self._path(path), data=body, headers=headers))  # noqa: S310 - see _path

    def _path(self, path: str) -> str:
        if not self.url.startswith(("http://", "https://")):
            raise StartFailure(f"{self.url} is not the URL of an endpoint.", f"It looks like this: {DEFAULT_URL}")
        return f"{self.url}/_sandbox/{path}"

    def _ask(self, request: urllib.request.Request) -> Any:
        try:
            with self._open(request, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 403 and self._sign(request):
                    return self._ask(request)
                raise StartFailure(error.read().decode("utf-8", "replace").strip(), "") from error
        except (OSError, ValueError) as error:
            raise StartFailure(
                f"No sandbox answers at {self.url}.",
                "Start one with sandbox dev or sandbox serve, or name another with --endpoint-url.",
            ) from error

    def _sign(self, request: urllib.request.Request) -> bool:
        """Sign what was refused with the keys of the environment: the sandbox may check signatures. Once only."""
        access_key_id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
        if not access_key_id or not secret or request.has_header("Authorization"):
            return False
        from pollers.clients.signing import Credentials, signed_headers  # noqa: PLC0415 - few need it

        body = request.data if isinstance(request.data, bytes) else b""
        headers = signed_headers(
            url=request.full_url,
            headers={},
            body=body,
            credentials=Credentials(access_key_id=access_key_id, secret_access_key=secret),
            region="us-east-1",
            service="sandbox",
            now=time.time(),
            method=request.get_method(),
        )
        for name in ("authorization", "x-amz-date"):
            request.add_header(name, headers[name])
        self.secret_access_key = secret
        return True


def asking_options(command: CommandT) -> CommandT:
    """Add ``--endpoint-url`` (a command's *endpoint*, an ``Endpoint``) and ``--json`` (its *as_json*)."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
    return click.option(
        "--endpoint-url",
        "endpoint",
        envvar="AWS_ENDPOINT_URL",
        default=DEFAULT_URL,
        metavar="URL",
        callback=lambda _context, _parameter, url: Endpoint(url),
        help=f"Which sandbox; without it AWS_ENDPOINT_URL, then {DEFAULT_URL}.",
    )(command)


def print_json(value: Any) -> None:
    """Print one line of JSON, at once."""
    click.echo(json.dumps(value, ensure_ascii=False))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
