"""The fixture as its users write tests with it."""

import itertools
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import RuntimeUnavailable
from sandbox.faults import ApiFault
from sandbox.project.problem import TemplateFault
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained


def _put(sandbox: EmbeddedSandbox, table: str, *keys: str) -> None:
    for key in keys:
        sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": key}}})


def test_a_callable_sees_the_records(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    seen: list[str] = []

    def on_order(event: Any, _context: Any) -> None:
        seen.extend(record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"])

    sandbox.deploy(on_order, table)
    _put(sandbox, table, "a", "b", "c")
    sandbox.drain()
    assert seen == ["a", "b", "c"]


def test_records_written_before_deploying_are_delivered_too(sandbox: EmbeddedSandbox) -> None:
    """The mapping starts at the trim horizon unless told otherwise."""
    table = sandbox.table("orders")
    _put(sandbox, table, "before")
    function = sandbox.deploy(lambda event, _context: len(event["Records"]), table)
    sandbox.drain()
    assert [one.result for one in sandbox.invocations(function)] == [1]


def test_latest_starts_at_the_end(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    _put(sandbox, table, "before")
    function = sandbox.deploy(lambda *_: None, table, starting_position="LATEST")
    _put(sandbox, table, "after")
    sandbox.drain()
    (invocation,) = sandbox.invocations(function)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in invocation.records] == ["after"]


def test_boto3_finds_the_same_sandbox(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders", "id")
    sandbox.resource("dynamodb").Table("orders").put_item(Item={"id": "1", "n": 2})
    assert sandbox.client("dynamodb").get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"]["n"] == {"N": "2"}
    assert sandbox.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_invocations_tell_event_result_and_error(sandbox: EmbeddedSandbox) -> None:
    function = sandbox.deploy(lambda event, _context: {"twice": event["n"] * 2})
    failing = sandbox.deploy(_raise_value_error)
    client = sandbox.client("lambda")
    client.invoke(FunctionName=function.name, Payload=b'{"n": 21}')
    client.invoke(FunctionName=failing.name, Payload=b"{}")
    (good,), (bad,) = sandbox.invocations(function), sandbox.invocations(failing.name)
    assert (good.event, good.result, good.error, good.records) == ({"n": 21}, {"twice": 42}, None, [])
    assert bad.error is not None
    assert (bad.error.error_type, bad.error.message, bad.result) == ("ValueError", "boom", None)


def _raise_value_error(_event: Any, _context: Any) -> None:
    raise ValueError("boom")


def test_logs_hold_what_a_handler_printed(sandbox: EmbeddedSandbox) -> None:
    function = sandbox.deploy(lambda event, _context: print("got", event["n"]))
    for number in range(3):
        sandbox.client("lambda").invoke(FunctionName=function.name, Payload=f'{{"n": {number}}}')
    assert [line for line in sandbox.logs(function) if line.startswith("got")] == ["got 0", "got 1", "got 2"]


def test_drain_says_what_is_stuck_and_why(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    sandbox.deploy(_raise_value_error, table, name="broken")
    _put(sandbox, table, "x")
    with pytest.raises(NotDrained) as report:
        sandbox.drain(timeout_seconds=1)
    assert "broken" in str(report.value)
    assert "ValueError: boom" in str(report.value)


def test_a_batch_is_discarded_after_its_retries(sandbox: EmbeddedSandbox) -> None:
    """Backoff follows the sandbox's clock: nobody has to wait for it."""
    table = sandbox.table("orders")
    function = sandbox.deploy(_raise_value_error, table, maximum_retry_attempts=20)
    _put(sandbox, table, "x")
    before = sandbox.clock.now()
    sandbox.drain(advance_clock=True)
    assert len(sandbox.invocations(function)) == 21
    assert sandbox.clock.now() - before > 100, "twenty backoffs take longer than drain would have waited"


def test_a_window_is_not_waited_for(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    function = sandbox.deploy(lambda _e, _c: None, table, batch_size=10, maximum_batching_window_in_seconds=300)
    _put(sandbox, table, "x")
    _put(sandbox, table, "y")
    sandbox.drain(advance_clock=True)
    assert [len(one.records) for one in sandbox.invocations(function)] == [2]


def test_the_tries_of_an_event_are_not_waited_for(sandbox: EmbeddedSandbox) -> None:
    """One and two minutes lie between them at AWS."""
    function = sandbox.deploy(_raise_value_error)
    sandbox.client("lambda").invoke(FunctionName=str(function), InvocationType="Event", Payload=b"{}")
    sandbox.drain(advance_clock=True)
    assert len(sandbox.invocations(function)) == 3


def test_code_that_cannot_be_loaded_is_told_at_once(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """Tried again as at AWS, a misspelt name would cost every test that deploys it the whole of drain's patience."""
    (tmp_path / "handler.py").write_text("def handle(event, context): ...")
    table = sandbox.table("orders")
    sandbox.deploy(f"{tmp_path}/handler.py:handel", table, name="f")
    _put(sandbox, table, "x")
    with pytest.raises(NotDrained) as told:
        sandbox.drain(timeout_seconds=600)
    assert "f: held: Runtime.HandlerNotFound: Handler 'handel' missing on module 'handler'" in str(told.value)
    assert "(1 record waits)" in str(told.value)
    assert len(str(told.value).splitlines()) == 2


def test_what_never_succeeds_is_told_with_a_way_out(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    sandbox.deploy(_raise_value_error, table, name="f")
    _put(sandbox, table, "x")
    with pytest.raises(NotDrained, match="maximum_retry_attempts"):
        sandbox.drain(timeout_seconds=0.5)


def test_a_refusal_is_shown_in_the_test(sandbox: EmbeddedSandbox) -> None:
    """And not thirty frames further down, in the sandbox."""
    with pytest.raises(ApiFault) as refused:
        sandbox.table("x")
    assert [entry.name for entry in refused.traceback.filter(refused)] == ["test_a_refusal_is_shown_in_the_test"]


def test_a_traceback_is_shown_as_lines(sandbox: EmbeddedSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """The log has it as Lambda does, one event whose lines are parted by carriage returns."""
    table = sandbox.table("orders")
    function = sandbox.deploy(_raise_value_error, table, maximum_retry_attempts=0)
    _put(sandbox, table, "x")
    sandbox.drain()
    shown = capsys.readouterr().out
    assert "[ERROR] ValueError: boom\nTraceback (most recent call last):\n" in shown
    assert "\r" not in shown
    assert any("ValueError: boom\rTraceback" in line for line in sandbox.logs(function))


def test_a_failure_record_reaches_its_queue(sandbox: EmbeddedSandbox) -> None:
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    table = sandbox.table("orders")
    arn = "arn:aws:sqs:us-east-1:000000000000:failed"
    sandbox.deploy(_raise_value_error, table, maximum_retry_attempts=0, on_failure=arn)
    _put(sandbox, table, "x")
    sandbox.drain()
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert "RetryAttemptsExhausted" in message["Body"]


def test_filters_and_partial_failures(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    function = sandbox.deploy(
        lambda _event, _context: {"batchItemFailures": []},
        table,
        batch_size=10,
        report_batch_item_failures=True,
        filters=[{"eventName": ["REMOVE"]}],
    )
    _put(sandbox, table, "x")
    sandbox.call("DeleteItem", {"TableName": table, "Key": {"pk": {"S": "x"}}})
    sandbox.drain()
    (invocation,) = sandbox.invocations(function)
    assert [record["eventName"] for record in invocation.records] == ["REMOVE"]


def test_an_item_expires_when_the_clock_says_so(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("sessions")
    specification = {"Enabled": True, "AttributeName": "expires"}
    sandbox.call("UpdateTimeToLive", {"TableName": table, "TimeToLiveSpecification": specification})
    gone: list[Any] = []
    sandbox.deploy(lambda event, _context: gone.extend(event["Records"]), table, filters=[{"eventName": ["REMOVE"]}])
    expires = str(int(sandbox.clock.now()) + 3600)
    sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": "x"}, "expires": {"N": expires}}})
    sandbox.drain()
    assert gone == []
    sandbox.clock.advance(2 * 3600)
    for _ in range(1000):
        if "Item" not in sandbox.call("GetItem", {"TableName": table, "Key": {"pk": {"S": "x"}}}):
            break
    sandbox.drain()
    assert gone[0]["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


HANDLER = """
import os
import boto3
from helper import WORD

def handler(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["TARGET"])
    for record in event["Records"]:
        table.put_item(Item={"pk": record["dynamodb"]["Keys"]["pk"]["S"], "word": WORD, "by": context.function_name})
"""


@pytest.fixture
def handler_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "functions" / "on_order"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(HANDLER)
    (folder / "helper.py").write_text("WORD = 'hello'\n")
    return folder


@pytest.mark.parametrize(
    "form", ["{folder}/handler.py:handler", "{folder}/handler.py", "{folder}:handler.handler", "{folder}"]
)
def test_a_file_is_loaded_as_lambda_would(sandbox: EmbeddedSandbox, handler_folder: Path, form: str) -> None:
    source, target = sandbox.table("source"), sandbox.table("target")
    function = sandbox.deploy(form.format(folder=handler_folder), source, environment={"TARGET": target})
    _put(sandbox, source, "x")
    sandbox.drain()
    item = sandbox.call("GetItem", {"TableName": target, "Key": {"pk": {"S": "x"}}})["Item"]
    assert item == {"pk": {"S": "x"}, "word": {"S": "hello"}, "by": {"S": "on_order"}}
    assert function.name == "on_order"


@pytest.mark.sandbox_settings(runtime="process")
def test_a_file_may_run_in_a_process_of_its_own(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import os\ndef handler(event, context):\n    return os.getpid()\n")
    function = sandbox.deploy(f"{tmp_path}/app.py:handler")
    assert sandbox.client("lambda").invoke(FunctionName=function.name)["Payload"].read() != str(os.getpid()).encode()


@pytest.mark.sandbox_settings(runtime="process")
def test_a_callable_cannot(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(RuntimeUnavailable, match="in-process"):
        sandbox.deploy(lambda *_: None)


@pytest.mark.sandbox_settings(watch_code=True)
def test_a_saved_file_is_reloaded_where_wanted(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("def handler(event, context):\n    return 1\n")
    name = sandbox.deploy(f"{file}:handler").name
    client = sandbox.client("lambda")
    assert client.invoke(FunctionName=name)["Payload"].read() == b"1"
    file.write_text("def handler(event, context):\n    return 2\n")
    for _ in range(2000):
        if client.invoke(FunctionName=name)["Payload"].read() == b"2":
            return
    raise AssertionError("the saved file was not noticed")


def test_handlers_run_in_this_process_and_off_its_thread(sandbox: EmbeddedSandbox) -> None:
    places: list[tuple[int, int]] = []
    table = sandbox.table("orders")
    sandbox.deploy(lambda *_: places.append((os.getpid(), threading.get_ident())), table)
    _put(sandbox, table, "x")
    sandbox.drain()
    ((process, thread),) = places
    assert process == os.getpid()
    assert thread != threading.get_ident()


def test_names_are_made_from_handlers_and_never_collide(sandbox: EmbeddedSandbox) -> None:
    first, second = sandbox.deploy(_raise_value_error), sandbox.deploy(_raise_value_error)
    anonymous = sandbox.deploy(lambda *_: None)
    assert (first.name, second.name) == ("_raise_value_error", "_raise_value_error-2")
    assert anonymous.name == "lambda"


def test_a_table_without_stream_is_named(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders", stream=None)
    with pytest.raises(ValueError, match="orders has no stream"):
        sandbox.deploy(lambda *_: None, table)


def test_an_unknown_setting_is_named_with_those_that_exist(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(TypeError, match=r"'batchsizes'; there are .*batch_size"):
        sandbox.deploy(lambda *_: None, sandbox.table("orders"), batchsizes=1)


def test_a_missing_handler_file_says_where_it_was_looked_for(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(FileNotFoundError, match=r"functions/nope.py: looked for .*testing"):
        sandbox.deploy("functions/nope.py:handler")


def test_a_refused_call_raises_its_fault(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(ApiFault, match="Requested resource not found"):
        sandbox.call("GetItem", {"TableName": "none", "Key": {"pk": {"S": "x"}}})


def test_a_boto3_table_may_be_given_to_deploy(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders")
    table = sandbox.resource("dynamodb").Table("orders")
    seen: list[Any] = []
    sandbox.deploy(lambda event, _context: seen.append(event), table)
    table.put_item(Item={"pk": "x"})
    sandbox.drain()
    assert len(seen) == 1


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub 'orders-${Stage}'
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  OnOrder:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: .
      Handler: app.handler
      Environment: {Variables: {ORDERS: !Ref Orders}}
      Events:
        New: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST}}
"""


def test_a_template_is_deployed_as_it_is(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """A project that has one need not say a second time what its tables and mappings are."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "app.py").write_text("import os\ndef handler(event, context): return os.environ['ORDERS']\n")
    names = sandbox.deploy_template(tmp_path, Stage="test")
    assert names["Orders"] == "orders-test"
    _put(sandbox, "orders-test", "a")
    sandbox.drain()
    assert [one.result for one in sandbox.invocations(names["OnOrder"])] == ["orders-test"]


def test_a_template_with_a_fault_names_its_line(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("KeySchema", "KeySchemas"))
    (tmp_path / "app.py").write_text("def handler(event, context): ...")
    with pytest.raises(TemplateFault, match=r"template\.yaml:11: .*KeySchemas\n    Did you mean KeySchema\?") as told:
        sandbox.deploy_template(tmp_path)
    assert [entry.name for entry in told.traceback.filter(told)] == ["test_a_template_with_a_fault_names_its_line"]
    with pytest.raises(TypeError, match=r"template\.yaml has no parameter Stgae\. Did you mean Stage\?"):
        sandbox.deploy_template(tmp_path, Stgae="test")
    with pytest.raises(FileNotFoundError, match=r"no template .* at nowhere: looked for"):
        sandbox.deploy_template("nowhere")


@pytest.mark.parametrize("_again", [1, 2])
def test_every_test_begins_with_nothing(sandbox: EmbeddedSandbox, _again: int) -> None:
    assert sandbox.call("ListTables", {})["TableNames"] == []
    assert "QueueUrls" not in sandbox.client("sqs").list_queues()
    sandbox.table("orders")
    sandbox.client("sqs").create_queue(QueueName="q")


def test_code_under_test_finds_it_in_the_environment(sandbox_environment: EmbeddedSandbox) -> None:
    import boto3  # noqa: PLC0415 - as the code under test does

    sandbox_environment.table("orders")
    assert boto3.client("dynamodb").list_tables()["TableNames"] == ["orders"]


def test_the_developers_profile_is_not_read(sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert sandbox.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.sandbox_settings(default_region="eu-west-1", default_account_id="123456789012")
def test_settings_of_one_test(sandbox: EmbeddedSandbox) -> None:
    sandbox.table("orders")
    description = sandbox.client("dynamodb").describe_table(TableName="orders")["Table"]
    assert description["TableArn"] == "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"


CHAIN_LENGTH = 3


def test_drain_follows_chains(sandbox: EmbeddedSandbox) -> None:
    """A handler that writes to the next table: drain returns when the last one has been handled."""
    tables = [sandbox.table(f"step{number}") for number in range(CHAIN_LENGTH)]

    def forward_to(target: str) -> Callable[[Any, Any], None]:
        def forward(event: Any, _context: Any) -> None:
            _put(sandbox, target, *(record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]))

        return forward

    arrived: list[str] = []
    for source, target in itertools.pairwise(tables):
        sandbox.deploy(forward_to(target), source)
    sandbox.deploy(
        lambda event, _: arrived.extend(r["dynamodb"]["Keys"]["pk"]["S"] for r in event["Records"]), tables[-1]
    )
    _put(sandbox, tables[0], "x", "y")
    sandbox.drain()
    assert arrived == ["x", "y"]
