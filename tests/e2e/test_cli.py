"""Start, stop and the faults a beginner meets: a sentence, the next step, an exit code, never a traceback."""

import json
import re
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Start

Client = Callable[..., Any]

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  OnOrder:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: app
      Handler: app.handler
      Runtime: python3.13
      Events:
        New: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: TRIM_HORIZON}}
"""
HANDLER = """
def handler(event, context):
    for record in event["Records"]:
        print("seen", record["dynamodb"]["Keys"]["pk"]["S"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "app" / "app.py").write_text(HANDLER)
    return folder


def refused(start: Start, *arguments: object, folder: Path) -> str:
    command = start(*arguments, folder=folder)
    assert command.finish() == 1
    assert "Traceback" not in command.text
    return command.text


# -- serve -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_once_the_ready_file_is_there_and_stops_cleanly(
    start: Start, client: Client, tmp_path: Path, number: int
) -> None:
    ready = tmp_path / "ready"
    command = start("serve", "--port", 0, "--ready-file", ready)
    url = command.endpoint_url()
    assert ready.read_text() == f"{url}\n"
    assert client("dynamodb", url).list_tables()["TableNames"] == []
    assert command.stop(number) == 0
    assert "Traceback" not in command.text


def test_serve_prints_json_for_scripts(start: Start, tmp_path: Path) -> None:
    command = start("serve", "--port", 0, "--json", "--data", tmp_path / "data")
    told = json.loads(command.line("{"))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", told["endpoint_url"])
    assert told["data_folder"] == str(tmp_path / "data")
    assert told["pid"] == command.process.pid
    assert command.stop() == 0


def test_a_stale_ready_file_is_gone_when_the_start_fails(start: Start, tmp_path: Path) -> None:
    """Else a script would wait for, and talk to, whoever answers at the old address."""
    ready = tmp_path / "ready"
    ready.write_text("http://127.0.0.1:1\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused(start, "serve", "--port", taken.getsockname()[1], "--ready-file", ready, folder=tmp_path)
    assert not ready.exists()


def test_data_survives_a_restart(start: Start, client: Client, tmp_path: Path) -> None:
    first = start("serve", "--port", 0, "--data", tmp_path / "data")
    dynamodb = client("dynamodb", first.endpoint_url())
    dynamodb.create_table(
        TableName="kept",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="kept", Item={"pk": {"S": "kept"}})
    assert first.stop() == 0
    second = start("serve", "--port", 0, "--data", tmp_path / "data")
    assert client("dynamodb", second.endpoint_url()).scan(TableName="kept")["Items"] == [{"pk": {"S": "kept"}}]


def test_heavy_packages_are_not_imported_to_serve(start: Start) -> None:
    """Their import would be most of the start: botocore, moto and docker cost a tenth of a second each."""
    command = start("serve", "--port", 0, PYTHONPROFILEIMPORTTIME="1")
    command.endpoint_url()
    command.stop()
    imported = {line.rpartition("|")[2].strip() for line in command.output if line.startswith("import time:")}
    assert "aiohttp.web" in imported
    assert not imported & {"boto3", "botocore", "docker", "flask", "moto", "watchdog", "yaml"}


def test_a_port_that_is_taken(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(start, "serve", "--port", port, folder=tmp_path)
    assert said == (
        f"sandbox: Port {port} on 127.0.0.1 is taken by another program.\n"
        "  Stop that program, or take a free port: sandbox serve --port 0"
    )


def test_a_data_folder_that_cannot_be_written(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(start, "serve", "--port", 0, "--data", tmp_path / "file" / "data", folder=tmp_path)
    assert said.startswith(
        f"sandbox: The data folder {tmp_path / 'file' / 'data'} cannot be written: Not a directory.\n  Choose "
    )


def test_a_data_folder_that_is_a_link(start: Start, tmp_path: Path) -> None:
    """Seen on the command line, where the path is made absolute."""
    (tmp_path / "real").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "real")
    said = refused(start, "serve", "--port", 0, "--data", "data", folder=tmp_path)
    assert said == (
        f"sandbox: The data folder {tmp_path / 'data'} is a symbolic link.\n"
        f"  Name the folder that it leads to: --data {tmp_path / 'real'}"
    )


def test_a_data_folder_that_is_in_use(start: Start, tmp_path: Path) -> None:
    first = start("serve", "--port", 0, "--data", tmp_path / "data")
    first.endpoint_url()
    said = refused(start, "serve", "--port", 0, "--data", tmp_path / "data", folder=tmp_path)
    assert said.startswith(
        f"sandbox: The data folder {tmp_path / 'data'} is in use by another sandbox (process {first.process.pid}).\n  Stop "
    )


def test_a_host_that_is_not_ours(start: Start, tmp_path: Path) -> None:
    said = refused(start, "serve", "--port", 0, "--host", "192.0.2.1", folder=tmp_path)
    assert said.startswith("sandbox: 192.0.2.1 is not an address of this machine.\n  Leave --host out")


def test_an_interpreter_that_is_not_there(start: Start, tmp_path: Path) -> None:
    said = refused(start, "serve", "--port", 0, "--python", "none/python", folder=tmp_path)
    assert said == f"sandbox: {tmp_path}/none/python is not a Python interpreter; give the path of one with --python."


# -- dev -------------------------------------------------------------------------------------------------------------


def test_dev_shows_the_project_then_each_batch_then_a_reload(start: Start, client: Client, project: Path) -> None:
    command = start("dev", "--port", 0, folder=project)
    url = command.endpoint_url()
    dynamodb = client("dynamodb", url)
    dynamodb.put_item(TableName="Orders", Item={"pk": {"S": "one"}})
    line = command.line("-> OnOrder")
    command.line("seen one")
    while "INSERT" not in line:
        line = command.line("-> OnOrder")
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}  Orders  INSERT pk=one  -> OnOrder  batch of 1  OK  [\d.]+ m?s", line)

    (project / "app" / "app.py").write_text(HANDLER.replace("seen", "noticed"))
    command.line("reloaded OnOrder in ")
    dynamodb.put_item(TableName="Orders", Item={"pk": {"S": "two"}})
    command.line("noticed two")
    assert command.stop(signal.SIGINT) == 0
    assert "Traceback" not in command.text
    assert "\x1b" not in command.text  # no colours in a pipe


def test_a_syntax_error_holds_the_record_and_the_fix_delivers_it(start: Start, client: Client, project: Path) -> None:
    command = start("dev", "--port", 0, folder=project)
    dynamodb = client("dynamodb", command.endpoint_url())
    (project / "app" / "app.py").write_text(HANDLER.replace('"])', '"'))
    command.line("cannot load OnOrder")
    dynamodb.put_item(TableName="Orders", Item={"pk": {"S": "held"}})
    command.line("HELD")
    command.line("nothing is lost")
    (project / "app" / "app.py").write_text(HANDLER)
    command.line("seen held")
    assert command.stop() == 0


def test_a_missing_dependency_is_told_with_the_command_that_installs_it(
    start: Start, client: Client, project: Path
) -> None:
    (project / "app" / "app.py").write_text(f"import no_such_package\n{HANDLER}")
    command = start("dev", "--port", 0, folder=project)
    dynamodb = client("dynamodb", command.endpoint_url())
    dynamodb.put_item(TableName="Orders", Item={"pk": {"S": "one"}})
    command.line("cannot load OnOrder")
    command.line("Runtime.ImportModuleError")
    command.line("Install no_such_package into ")


def test_data_and_positions_survive_a_restart_of_dev(start: Start, client: Client, project: Path) -> None:
    first = start("dev", "--port", 0, "--data", ".sandbox", folder=project)
    client("dynamodb", first.endpoint_url()).put_item(TableName="Orders", Item={"pk": {"S": "one"}})
    first.line("seen one")
    assert first.stop() == 0
    second = start("dev", "--port", 0, "--data", ".sandbox", folder=project)
    dynamodb = client("dynamodb", second.endpoint_url())
    dynamodb.put_item(TableName="Orders", Item={"pk": {"S": "two"}})
    second.line("seen two")
    assert not any("seen one" in line for line in second.output)


def test_a_typo_in_the_template(start: Start, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE.replace("KeySchema", "KeySchem"))
    said = refused(start, "dev", "--port", 0, folder=project)
    assert "template.yaml:8: AWS::DynamoDB::Table has no property KeySchem\n    Did you mean KeySchema?" in said


def test_a_refusal_of_dynamodb_is_told_at_the_tables_line(start: Start, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE.replace("PAY_PER_REQUEST", "PROVISIONED"))
    said = refused(start, "dev", "--port", 0, folder=project)
    assert "template.yaml:4: DynamoDB refuses this: " in said


def test_a_handler_that_is_not_there(start: Start, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE.replace("app.handler", "app.handle"))
    said = refused(start, "dev", "--port", 0, folder=project)
    assert re.search(
        r"template\.yaml:15: the handler app\.handle is not there: .*app\.py defines no handle\n    Did you mean handler\?",
        said,
    )


def test_no_template(start: Start, tmp_path: Path) -> None:
    said = refused(start, "dev", folder=tmp_path)
    assert said.startswith(
        f"sandbox: There is no template in {tmp_path}: looked for template.yaml, template.yml, template.json"
    )
    assert "sandbox demo" in said


def test_samconfig_chooses_template_and_parameters(start: Start, project: Path) -> None:
    shutil.move(project / "template.yaml", project / "stack.yaml")
    text = (
        (project / "stack.yaml").read_text().replace("Resources:", "Parameters: {Name: {Type: String}}\nResources:", 1)
    )
    (project / "stack.yaml").write_text(text.replace("BillingMode:", "TableName: !Ref Name\n      BillingMode:"))
    (project / "samconfig.toml").write_text(
        '[default.deploy.parameters]\ntemplate_file = "stack.yaml"\nparameter_overrides = "Name=from-samconfig"\n'
    )
    command = start("dev", "--port", 0, folder=project)
    assert "from-samconfig" in command.line("tables")
    command.stop()
    command = start("dev", "--port", 0, "--parameter-overrides", "Name=from-flag", folder=project)
    assert "from-flag" in command.line("tables")


def test_help_names_every_command(start: Start) -> None:
    command = start("--help")
    assert command.finish() == 0
    for name in ("dev", "serve", "demo"):
        assert re.search(rf"^  {name} ", command.text, re.MULTILINE)
