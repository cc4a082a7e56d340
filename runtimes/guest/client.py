"""Speak the Lambda Runtime API over one kept-alive connection. Source: lambda-event-source-mappings §6.1.

Plain sockets: ``http.client`` costs about 0.2 ms a call, more than the rest of a warm invocation together. The answer and
the next poll leave in one write; the server takes pipelined requests in order.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from json import dumps  # the function itself: user code may patch the module
from typing import NamedTuple

__all__ = ["HostGone", "NextInvocation", "RuntimeApiClient"]

_PREFIX = "/2018-06-01/runtime/"


class HostGone(Exception):  # noqa: N818 - a state of the world, not a bug
    """The Runtime API does not answer any more: there is nobody left to work for."""


class NextInvocation(NamedTuple):
    """One event; *headers* have lower-case names."""

    request_id: str
    headers: Mapping[str, str]
    payload: bytes


class RuntimeApiClient:
    """A connection to the Runtime API at *address* (``host:port``)."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = address
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._next_request = self._head("GET", "invocation/next", 0)

    def next(self) -> NextInvocation:
        """Wait for an event, for as long as it takes."""
        self._send(self._next_request)
        return self._read_invocation()

    def answer(self, request_id: str, payload: bytes, headers: Mapping[str, str]) -> NextInvocation:
        """Hand in the result of *request_id* and wait for the next event."""
        return self._post_and_next(f"invocation/{request_id}/response", payload, headers)

    def fail(self, request_id: str, document: Mapping[str, object], headers: Mapping[str, str]) -> NextInvocation:
        """Hand in the error document of *request_id* and wait for the next event."""
        error_type = {"Lambda-Runtime-Function-Error-Type": str(document["errorType"])}
        body = dumps(document).encode("ascii")
        return self._post_and_next(f"invocation/{request_id}/error", body, {**headers, **error_type})

    def init_failed(self, document: Mapping[str, object], headers: Mapping[str, str]) -> None:
        """Say that the handler could not be loaded."""
        error_type = {"Lambda-Runtime-Function-Error-Type": str(document["errorType"])}
        body = dumps(document).encode("ascii")
        self._send(self._head("POST", "init/error", len(body), {**headers, **error_type}) + body)
        self._read_response()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _post_and_next(self, path: str, body: bytes, headers: Mapping[str, str]) -> NextInvocation:
        self._send(self._head("POST", path, len(body), headers) + body + self._next_request)
        self._read_response()
        return self._read_invocation()

    def _head(self, method: str, path: str, length: int, headers: Mapping[str, str] | None = None) -> bytes:
        lines = [f"{method} {_PREFIX}{path} HTTP/1.1", "Host: " + self._address]
        lines += [f"{name}: {_one_line(value)}" for name, value in (headers or {}).items()]
        if method == "POST":
            lines += ["Content-Type: application/json", f"Content-Length: {length}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise HostGone(str(error)) from error

    def _read_invocation(self) -> NextInvocation:
        status, headers, body = self._read_response()
        if status != 200:
            raise HostGone(f"the Runtime API answered {status}")
        return NextInvocation(headers["lambda-runtime-aws-request-id"], headers, body)

    def _read_response(self) -> tuple[int, dict[str, str], bytes]:
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end >= 0:
                break
            self._receive_some()
        status_line, *lines = self._received[:end].decode("utf-8").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._read_exactly(end + 4, int(headers.get("content-length", "0")))
        return int(status_line.split(" ", 2)[1]), headers, body

    def _receive_some(self) -> None:
        try:
            chunk = self._socket.recv(262_144)
        except OSError as error:
            raise HostGone(str(error)) from error
        if not chunk:
            raise HostGone("the Runtime API closed the connection")
        self._received += chunk

    def _read_exactly(self, start: int, length: int) -> bytes:
        while len(self._received) < start + length:
            self._receive_some()
        body = bytes(self._received[start : start + length])
        del self._received[: start + length]
        return body


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
