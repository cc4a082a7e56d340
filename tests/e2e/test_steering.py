"""What a developer sees and steers from another terminal, as the commands that are typed there."""

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import root
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained
from tests.e2e.delivery.conftest import keys_of, put

Type = Callable[..., Result]


@pytest.fixture
def typed(sandbox: EmbeddedSandbox) -> Type:
    """Type a command at this sandbox: the result has ``output`` and ``exit_code``."""
    return lambda *words: CliRunner().invoke(root, list(words), env={"AWS_ENDPOINT_URL": sandbox.endpoint_url})


def answer_of(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_mappings_are_listed_and_shown_with_what_they_did(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function = sandbox.deploy(lambda *_: None, sandbox.table("orders"), name="on_order")
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert re.fullmatch(
        rf"{function.mapping_uuid}  orders  -> on_order  Enabled  caught up\n", typed("mappings", "list").output
    )
    shown = answer_of(typed("mappings", "show", "on_order", "--json"))
    assert shown["last_processing_result"] == "OK"
    assert shown["metrics"]["invoked_event_count"] == 1
    assert [(trace["record_count"], trace["outcome"]) for trace in shown["traces"]] == [(1, "delivered")]
    text = typed("mappings", "show", str(function.mapping_uuid)[:8]).output
    assert f"delivered -> advance  batch {shown['traces'][0]['request_id']}" in text


def test_a_paused_mapping_waits_and_goes_on(sandbox: EmbeddedSandbox, typed: Type) -> None:
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"), name="on_order")
    assert typed("mappings", "pause", "on_order").output.startswith("paused: orders -> on_order")
    put(sandbox, "orders", "a")
    assert "paused  not polling" in typed("mappings", "list").output
    assert seen == []
    typed("mappings", "resume", "on_order")
    sandbox.drain()
    assert seen == ["a"]


def test_rewind_delivers_again_from_there(sandbox: EmbeddedSandbox, typed: Type) -> None:
    seen: list[str] = []
    sandbox.deploy(
        lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"), name="f", starting_position="LATEST"
    )
    put(sandbox, "orders", "a")
    sandbox.clock.advance(60)
    put(sandbox, "orders", "b", "c")
    sandbox.drain()
    records = [json.loads(line) for line in typed("tail", "orders", "--no-follow", "--json").output.splitlines()]
    for to, expected in [
        ("oldest", ["a", "b", "c"]),
        ("latest", []),
        (records[2]["sequence_number"], ["c"]),
        (str(records[1]["created_seconds"]), ["b", "c"]),
        ("2000-01-01T00:00:00Z", ["a", "b", "c"]),
    ]:
        seen.clear()
        assert typed("mappings", "rewind", "f", "--to", to).exit_code == 0
        sandbox.drain()
        assert seen == expected, to


def test_a_rewound_mapping_that_is_paused_stays_paused(sandbox: EmbeddedSandbox, typed: Type) -> None:
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"), name="f")
    put(sandbox, "orders", "a")
    sandbox.drain()
    typed("mappings", "pause", "f")
    typed("mappings", "rewind", "f", "--to", "oldest")
    assert "paused" in typed("mappings", "list").output
    typed("mappings", "resume", "f")
    sandbox.drain()
    assert seen == ["a", "a"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("mappings", "show", "nobody"),
            "There is no mapping nobody, and no function of that name has one. There is only f.",
        ),
        (("mappings", "rewind", "f", "--to", "soon"), "'soon' is neither oldest, latest, a sequence number"),
        (("tail", "plain"), "The table plain has no stream. UpdateTable with a StreamSpecification gives it one."),
        (("tail", "nothing"), "There is no table nothing with a stream. There is only orders."),
        (("replay", "no-such-batch"), "No batch no-such-batch is kept"),
        (("dead", "retry", "no-such-batch"), "There is no discarded batch no-such-batch."),
        (("streams", "split", "orders", "--shard", "none"), "has no such open shard."),
    ],
)
def test_a_refusal_is_one_sentence(
    sandbox: EmbeddedSandbox, typed: Type, words: tuple[str, ...], sentence: str
) -> None:
    sandbox.deploy(lambda *_: None, sandbox.table("orders"), name="f")
    sandbox.table("plain", stream=None)
    result = typed(*words)
    assert result.exit_code == 1
    assert result.output.startswith("sandbox: ")
    assert sentence in result.output
    assert len(result.output.splitlines()) == 1


def test_a_mapping_that_is_disabled_is_not_resumed_behind_the_apis_back(sandbox: EmbeddedSandbox, typed: Type) -> None:
    function = sandbox.deploy(lambda *_: None, sandbox.table("orders"), name="f", enabled=False)
    result = typed("mappings", "resume", "f")
    assert result.exit_code == 1
    assert f"The mapping {function.mapping_uuid} is " in result.output


def test_tail_shows_changes_in_order(sandbox: EmbeddedSandbox, typed: Type) -> None:
    sandbox.table("orders")
    put(sandbox, "orders", "a", "b")
    sandbox.call("DeleteItem", {"TableName": "orders", "Key": {"pk": {"S": "a"}}})
    lines = typed("tail", "orders", "--no-follow").output.splitlines()
    assert [line.split("  ")[-1] for line in lines] == ["INSERT pk=a", "INSERT pk=b", "REMOVE pk=a"]


def test_replay_hands_the_same_event_to_todays_code(sandbox: EmbeddedSandbox, typed: Type) -> None:
    answers = iter(["then", "now"])
    function = sandbox.deploy(lambda *_: next(answers), sandbox.table("orders"), name="f")
    put(sandbox, "orders", "a")
    sandbox.drain()
    batch = answer_of(typed("mappings", "show", "f", "--json"))["traces"][0]["request_id"]
    result = typed("replay", batch)
    assert result.output == f'{batch}  -> f  delivered\n  "now"\n'
    first, second = (one.event for one in sandbox.invocations(function))
    assert first == second


def test_discarded_batches_are_kept_and_leave_once_the_function_takes_them(
    sandbox: EmbeddedSandbox, typed: Type
) -> None:
    """A poison record need not be written anew once the bug is fixed."""
    fixed: list[bool] = []
    taken: list[str] = []

    def handle(event: Any, _context: Any) -> None:
        if not fixed:
            raise ValueError("boom")
        taken.extend(keys_of(event))

    sandbox.deploy(handle, sandbox.table("orders"), name="f", maximum_retry_attempts=0, batch_size=1)
    put(sandbox, "orders", "a", "b")
    sandbox.drain()
    dead = answer_of(typed("dead", "list", "--json"))["batches"]
    assert [(one["condition"], one["record_count"]) for one in dead] == [("RetryAttemptsExhausted", 1)] * 2
    assert [one["outcome"] for one in dead] == ["failed: ValueError: boom"] * 2
    assert (
        typed("dead", "list")
        .output.splitlines()[0]
        .endswith("1 record  RetryAttemptsExhausted after 1 invocation  failed: ValueError: boom")
    )
    failed = typed("dead", "retry", dead[0]["batch_id"])
    assert failed.exit_code == 1
    assert "failed: ValueError: boom" in failed.output
    assert len(typed("dead", "list").output.splitlines()) == 2
    fixed.append(True)
    assert typed("dead", "retry", "--all").exit_code == 0
    assert taken == ["a", "b"]
    assert typed("dead", "list").output == "No batch was discarded.\n"


def test_split_closes_shards_and_every_record_arrives_in_order(sandbox: EmbeddedSandbox, typed: Type) -> None:
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), sandbox.table("orders"), name="f")
    put(sandbox, "orders", "a")
    closed = answer_of(typed("streams", "split", "orders", "--json"))["closed"]
    assert [len(one["children"]) for one in closed] == [2]
    put(sandbox, "orders", "a", x={"N": "1"})
    assert len(answer_of(typed("streams", "split", "orders", "--children", "1", "--json"))["closed"]) == 2
    put(sandbox, "orders", "a", x={"N": "2"})
    sandbox.drain()
    assert seen == ["a", "a", "a"]


def test_logs_show_what_a_function_printed(sandbox: EmbeddedSandbox, typed: Type) -> None:
    def handle(*_: Any) -> None:
        print("hello")

    sandbox.deploy(handle, sandbox.table("orders"), name="f")
    put(sandbox, "orders", "a")
    sandbox.drain()
    assert "  hello\n" in typed("logs", "f").output
    assert "hello" in [json.loads(line)["message"].strip() for line in typed("logs", "f", "--json").output.splitlines()]


def test_a_traceback_in_the_log_is_lines(sandbox: EmbeddedSandbox, typed: Type) -> None:
    """Lambda writes it as one event with carriage returns, after which a terminal writes over what it has shown."""

    def handle(*_: Any) -> None:
        raise ValueError("boom")

    sandbox.deploy(handle, sandbox.table("orders"), name="f", maximum_retry_attempts=0)
    put(sandbox, "orders", "a")
    sandbox.drain()
    output = typed("logs", "f").output
    assert re.search(
        r"^[\d:.]{12}  \[ERROR\] ValueError: boom\n {14}Traceback \(most recent call last\):\n {14}\s+File ",
        output,
        re.MULTILINE,
    )
    assert "\r" not in output


def test_logs_of_a_function_that_has_printed_nothing(sandbox: EmbeddedSandbox, typed: Type) -> None:
    """Most often its name is mistyped: an empty answer would look like a function that is silent."""
    sandbox.deploy(lambda *_: None, sandbox.table("orders"), name="on_order")
    put(sandbox, "orders", "a")
    sandbox.drain()
    told = typed("logs", "on_ordr")
    assert (told.exit_code, told.output) == (0, "on_ordr has printed nothing. There is only on_order.\n")
    assert typed("logs", "on_ordr", "--json").output == ""


def test_the_clock_moves_forward_only(sandbox: EmbeddedSandbox, typed: Type) -> None:
    before = sandbox.clock.now()
    assert answer_of(typed("clock", "advance", "3600", "--json"))["now"] >= before + 3600
    assert typed("clock", "set", "2100-01-01T00:00:00Z").output.startswith("2100-01-01T00:00:00")
    refused = typed("clock", "set", "2050-01-01")
    assert (refused.exit_code, refused.output) == (
        1,
        "sandbox: That instant has passed: the clock only moves forward.\n",
    )
    assert "is no time" in typed("clock", "set", "soon").output


def test_env_is_what_a_shell_evaluates(sandbox: EmbeddedSandbox, typed: Type) -> None:
    assert f"export AWS_ENDPOINT_URL={sandbox.endpoint_url}\n" in typed("env").output
    assert answer_of(typed("env", "--json")) == dict(sandbox.environment)


def test_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    result = CliRunner().invoke(root, ["mappings", "list", "--endpoint-url", url])
    assert result.exit_code == 1
    assert result.output == (
        f"sandbox: No sandbox answers at {url}.\n"
        "  Start one with sandbox dev or sandbox serve, or name another with --endpoint-url.\n"
    )


def test_a_pause_outlives_a_restart_and_a_resume_too(tmp_path: Path) -> None:
    """Whoever paused a mapping overnight does not expect it to run in the morning."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context):\n    print(len(event['Records']))\n")
    settings = Settings(port=0, runtime="in-process", watch_code=False, data_folder=tmp_path / "data")

    def listed(sandbox: EmbeddedSandbox) -> str:
        return CliRunner().invoke(root, ["mappings", "list"], env={"AWS_ENDPOINT_URL": sandbox.endpoint_url}).output

    with EmbeddedSandbox(settings) as sandbox:
        sandbox.deploy(tmp_path / "code" / "app.py", sandbox.table("orders"), name="f")
        CliRunner().invoke(root, ["mappings", "pause", "f"], env={"AWS_ENDPOINT_URL": sandbox.endpoint_url})
    with EmbeddedSandbox(settings) as sandbox:
        put(sandbox, "orders", "a")
        with pytest.raises(NotDrained, match="paused"):
            sandbox.drain()
        assert "paused  not polling" in listed(sandbox)
        CliRunner().invoke(root, ["mappings", "resume", "f"], env={"AWS_ENDPOINT_URL": sandbox.endpoint_url})
        sandbox.drain()
        assert len(sandbox.invocations("f")) == 1
    with EmbeddedSandbox(settings) as sandbox:
        put(sandbox, "orders", "b")
        sandbox.drain()
        assert "caught up" in listed(sandbox)
