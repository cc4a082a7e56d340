"""The latest lines of every log group, in memory, within bounds."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.clock import Clock

__all__ = ["AccountLogs", "LogGroup", "LogLine", "LogStore", "LogStream"]

LINES_MAX = 10_000
"""Per group."""
CHARACTERS_MAX = 8_000_000
"""Per group."""
LINE_CHARACTERS_MAX = 262_118
"""CloudWatch's limit of an event: 256 KB less 26 bytes."""
GROUPS_MAX = 5_000
"""Per account and region."""
TOTAL_CHARACTERS_MAX = 64_000_000
"""In the whole sandbox; the group that holds most gives way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line a function wrote.

    Attributes:
        number: grows with every line of the sandbox; the order of everything.
        timestamp_ms: epoch milliseconds, by the sandbox's clock.
        request_id: of the invocation, empty outside of one.
    """

    number: int
    timestamp_ms: int
    log_stream: str
    message: str
    request_id: str


@dataclass(kw_only=True, slots=True)
class LogStream:
    """What is left of one execution environment's output: times in epoch milliseconds."""

    name: str
    created_ms: int
    first_ms: int
    last_ms: int
    lines: int = 0
    characters: int = 0


class LogGroup:
    """The latest lines of one group, oldest first, and the streams they belong to."""

    def __init__(self, name: str, created_ms: int) -> None:
        self.name = name
        self.created_ms = created_ms
        self.characters = 0
        self._lines: deque[LogLine] = deque()
        self._streams: dict[str, LogStream] = {}

    def lines(self) -> Iterable[LogLine]:
        """All lines, oldest first."""
        return self._lines

    def stream(self, name: str) -> LogStream | None:
        """One stream, or ``None`` where there is none, or none of whose lines is left."""
        return self._streams.get(name)

    def streams(self) -> list[LogStream]:
        """All streams, in the order in which they began."""
        return list(self._streams.values())

    def append(self, line: LogLine) -> None:
        """Take a line; the group's oldest go where there are too many."""
        stream = self._streams.get(line.log_stream)
        if stream is None:
            stream = LogStream(
                name=line.log_stream,
                created_ms=line.timestamp_ms,
                first_ms=line.timestamp_ms,
                last_ms=line.timestamp_ms,
            )
            self._streams[line.log_stream] = stream
        stream.last_ms = line.timestamp_ms
        stream.lines += 1
        stream.characters += len(line.message)
        self.characters += len(line.message)
        self._lines.append(line)
        while len(self._lines) > LINES_MAX or self.characters > CHARACTERS_MAX:
            self.drop_oldest()

    def drop_oldest(self) -> None:
        """Forget one line, and its stream with the last of its lines."""
        line = self._lines.popleft()
        self.characters -= len(line.message)
        stream = self._streams[line.log_stream]
        stream.lines -= 1
        stream.characters -= len(line.message)
        if stream.lines == 0:
            del self._streams[line.log_stream]


class AccountLogs:
    """The log groups of one account and region; a sink for the functions of both."""

    def __init__(self, store: "LogStore", account_id: str, region: str) -> None:
        self._store = store
        self.account_id = account_id
        self.region = region
        self._groups: dict[str, LogGroup] = {}

    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        """Take one line, without its newline; callable from any thread."""
        self._store.append(self._groups, log_group, log_stream, line, request_id)

    def group(self, name: str) -> LogGroup | None:
        """One group, or ``None`` while nothing has been written to it."""
        return self._groups.get(name)

    def groups(self) -> list[LogGroup]:
        """All groups by name."""
        with self._store.lock:
            return [group for _, group in sorted(self._groups.items())]

    def unordered(self) -> Iterable[LogGroup]:
        """All groups; only while the store's lock is held."""
        return self._groups.values()

    def lines(self, name: str) -> list[LogLine]:
        """The lines of a group, oldest first; empty where there is no such group."""
        with self._store.lock:
            group = self._groups.get(name)
            return [] if group is None else list(group.lines())


class LogStore:
    """All log groups, by account and region. A group begins with its first line, as at AWS with the first invocation."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._accounts: dict[tuple[str, str], AccountLogs] = {}
        self._listeners: list[Callable[[str, LogLine], None]] = []
        self._characters = 0
        self.lock = threading.Lock()
        """Held while lines come and go: handlers write from threads of their own."""

    def of(self, account_id: str, region: str) -> AccountLogs:
        """The log groups of *account_id* in *region*."""
        with self.lock:
            found = self._accounts.get((account_id, region))
            if found is None:
                found = self._accounts[account_id, region] = AccountLogs(self, account_id, region)
            return found

    def subscribe(self, listener: Callable[[str, LogLine], None]) -> Callable[[], None]:
        """Call *listener* with the group's name and the line for every line; calling the result ends it.

        It is called on the thread that wrote, and must neither block nor raise.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def append(
        self, groups: dict[str, LogGroup], log_group: str, log_stream: str, message: str, request_id: str
    ) -> None:
        """Put a line into one of *groups*, which is made where it is missing."""
        with self.lock:
            now_ms = int(self._clock.now() * 1000)
            line = LogLine(
                number=next(self._numbers),
                timestamp_ms=now_ms,
                log_stream=log_stream,
                message=message[:LINE_CHARACTERS_MAX],
                request_id=request_id,
            )
            group = groups.get(log_group)
            if group is None:
                while len(groups) >= GROUPS_MAX:
                    self._characters -= groups.pop(next(iter(groups))).characters
                group = groups[log_group] = LogGroup(log_group, now_ms)
            before = group.characters
            group.append(line)
            self._characters += group.characters - before
            while self._characters > TOTAL_CHARACTERS_MAX:
                self._shrink_largest()
        for listener in tuple(self._listeners):
            listener(log_group, line)

    def _shrink_largest(self) -> None:
        every_group = (group for account in self._accounts.values() for group in account.unordered())
        largest = max(every_group, key=lambda group: group.characters)
        before = largest.characters
        while largest.characters > before // 2:
            largest.drop_oldest()
        self._characters -= before - largest.characters
