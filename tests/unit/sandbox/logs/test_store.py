import threading

import pytest

from sandbox.clock import Clock
from sandbox.logs import store as store_module
from sandbox.logs.store import AccountLogs, LogLine, LogStore


@pytest.fixture
def store() -> LogStore:
    return LogStore(Clock())


@pytest.fixture
def logs(store: LogStore) -> AccountLogs:
    return store.of("123456789012", "eu-west-1")


def write(logs: AccountLogs, line: str, *, group: str = "/aws/lambda/f", stream: str = "s") -> None:
    logs.write(log_group=group, log_stream=stream, line=line, request_id="r")


def texts(logs: AccountLogs, group: str = "/aws/lambda/f") -> list[str]:
    return [line.message for line in logs.lines(group)]


def test_accounts_and_regions_do_not_see_each_other(store: LogStore, logs: AccountLogs) -> None:
    write(logs, "mine")
    assert store.of("123456789012", "eu-west-1") is logs
    assert texts(logs) == ["mine"]
    assert texts(store.of("210987654321", "eu-west-1")) == texts(store.of("123456789012", "us-east-1")) == []


def test_the_oldest_lines_go_and_their_stream_with_the_last(logs: AccountLogs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LINES_MAX", 3)
    write(logs, "1", stream="old")
    for text in ("2", "3", "4"):
        write(logs, text, stream="new")
    assert texts(logs) == ["2", "3", "4"]
    group = logs.group("/aws/lambda/f")
    assert group is not None
    assert [(stream.name, stream.lines) for stream in group.streams()] == [("new", 3)]
    assert group.stream("old") is None


def test_a_group_holds_so_many_characters(logs: AccountLogs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "CHARACTERS_MAX", 10)
    for text in ("aaaa", "bbbb", "cccc"):
        write(logs, text)
    assert texts(logs) == ["bbbb", "cccc"]


def test_the_group_that_holds_most_gives_way_to_the_others(logs: AccountLogs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that prints 100 MB must not push out what the others said."""
    monkeypatch.setattr(store_module, "TOTAL_CHARACTERS_MAX", 100)
    write(logs, "quiet", group="/aws/lambda/quiet")
    for _ in range(100):
        write(logs, "x" * 10, group="/aws/lambda/loud")
    assert texts(logs, "/aws/lambda/quiet") == ["quiet"]
    assert 1 <= len(texts(logs, "/aws/lambda/loud")) <= 10


def test_there_are_so_many_groups(logs: AccountLogs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "GROUPS_MAX", 2)
    for name in ("a", "b", "c"):
        write(logs, "x", group=name)
    assert [group.name for group in logs.groups()] == ["b", "c"]


def test_a_line_is_cut_where_cloudwatch_cuts_it(logs: AccountLogs) -> None:
    write(logs, "x" * 300_000)
    assert len(texts(logs)[0]) == 262_118


def test_a_listener_hears_every_line_until_it_leaves(store: LogStore, logs: AccountLogs) -> None:
    heard: list[tuple[str, LogLine]] = []
    leave = store.subscribe(lambda group, line: heard.append((group, line)))
    write(logs, "one")
    leave()
    write(logs, "two")
    assert [(group, line.message, line.request_id) for group, line in heard] == [("/aws/lambda/f", "one", "r")]


def test_threads_may_write_while_others_read(logs: AccountLogs) -> None:
    """In-process handlers print from threads of their own."""

    def print_much(name: str) -> None:
        for number in range(500):
            write(logs, f"{name}{number}", stream=name)

    threads = [threading.Thread(target=print_much, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        logs.lines("/aws/lambda/f")
    for thread in threads:
        thread.join()
    lines = logs.lines("/aws/lambda/f")
    assert len(lines) == 2_000
    assert [line.number for line in lines] == sorted(line.number for line in lines)
