"""What one execution environment writes, cut into lines, bounded, and told to the log with the invocation it belongs to."""

from collections import deque

from runtimes.contract import FunctionSpec, LogSink

__all__ = ["OUTPUT_BYTES_MAX", "Output"]

OUTPUT_BYTES_MAX = 1_048_576
"""Of one invocation; what comes after is counted and dropped, so that no print loop can stall the sandbox."""
_TAIL_BYTES = 4096
_LINE_BYTES_MAX = 262_144
"""CloudWatch Logs cuts events at 256 KB."""


class Output:
    """The log of one environment, a *log_stream*.

    Lines and raw bytes go in; whole lines come out at the sink, under the request id set by ``begin`` (empty before and
    between invocations).
    """

    def __init__(self, spec: FunctionSpec, sink: LogSink, log_stream: str) -> None:
        self.log_stream = log_stream
        self._log_group = spec.log_group_name or f"/aws/lambda/{spec.function_name}"
        self._sink = sink
        self._request_id = ""
        self._partial: dict[str, bytes] = {}
        self._taken_bytes = 0
        self._dropped_bytes = 0
        self._tail: deque[str] = deque()
        self._tail_chars = 0

    def begin(self, request_id: str) -> None:
        """What comes from now on belongs to *request_id*."""
        self._end_lines()
        self._request_id = request_id
        self._taken_bytes = self._dropped_bytes = 0
        self._tail.clear()
        self._tail_chars = 0

    def finish(self) -> None:
        """End the lines that are still open and say what was dropped."""
        self._end_lines()
        if self._dropped_bytes:
            limit = OUTPUT_BYTES_MAX // 1_048_576
            self.line(
                f"[sandbox] {self._dropped_bytes} bytes of output dropped: more than {limit} MB in one invocation"
            )
            self._dropped_bytes = 0

    def tail(self) -> bytes:
        """The last 4 KB since ``begin``, as ``X-Amz-Log-Result`` carries it."""
        return ("\n".join(self._tail) + "\n").encode("utf-8", "replace")[-_TAIL_BYTES:] if self._tail else b""

    def line(self, text: str) -> None:
        """Write one line."""
        self._tail.append(text)
        self._tail_chars += len(text) + 1
        while self._tail_chars - len(self._tail[0]) > _TAIL_BYTES:
            self._tail_chars -= len(self._tail.popleft()) + 1
        self._sink.write(log_group=self._log_group, log_stream=self.log_stream, line=text, request_id=self._request_id)

    def feed(self, source: str, data: bytes) -> None:
        """Take bytes of *source* (``stdout`` or ``stderr``), in any portions."""
        if self._taken_bytes >= OUTPUT_BYTES_MAX:
            self._dropped_bytes += len(data)
            return
        self._taken_bytes += len(data)
        whole, newline, rest = (self._partial.pop(source, b"") + data).rpartition(b"\n")
        if newline:
            for piece in whole.split(b"\n"):
                self._write(piece)
        while len(rest) > _LINE_BYTES_MAX:
            self._write(rest[:_LINE_BYTES_MAX])
            rest = rest[_LINE_BYTES_MAX:]
        if rest:
            self._partial[source] = rest

    def _end_lines(self) -> None:
        for rest in self._partial.values():
            self._write(rest)
        self._partial.clear()

    def _write(self, piece: bytes) -> None:
        self.line(piece.decode("utf-8", "replace").removesuffix("\r"))
