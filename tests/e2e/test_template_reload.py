"""The template is edited while ``sandbox dev`` runs: what differs is done, and nothing that was there is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Command, Start

Client = Callable[..., Any]

TABLE = """
  {name}:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: {name}
      AttributeDefinitions: [{{AttributeName: {key}, AttributeType: S}}{more}]
      KeySchema: [{{AttributeName: {key}, KeyType: HASH}}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {{StreamViewType: {view}}}
{index}"""
INDEX = """\
      GlobalSecondaryIndexes:
      - {IndexName: by_day, KeySchema: [{AttributeName: day, KeyType: HASH}], Projection: {ProjectionType: ALL}}
"""
FUNCTION = """
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: {name}
      CodeUri: app
      Handler: {handler}
      Runtime: python3.13
      Timeout: {timeout}
      Environment: {{Variables: {{GREETING: {greeting}}}}}
      Events:
        New:
          Type: DynamoDB
          Properties: {{Stream: !GetAtt {table}.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: {batch}}}
"""
HANDLER = """
import os

def handler(event, context):
    for record in event["Records"]:
        print(os.environ["GREETING"], record["dynamodb"]["Keys"]["pk"]["S"])
"""


def table(name: str = "orders", key: str = "pk", view: str = "NEW_IMAGE", *, indexed: bool = False) -> str:
    more = ", {AttributeName: day, AttributeType: S}" if indexed else ""
    return TABLE.format(name=name, key=key, view=view, more=more, index=INDEX if indexed else "")


def function(name: str = "greet", source: str = "orders", **said: Any) -> str:
    words = {"handler": "app.handler", "timeout": 30, "greeting": "hello", "batch": 10, **said}
    return FUNCTION.format(name=name, table=source, **words)


class _Developer:
    """Edits the template, and looks what becomes of it."""

    def __init__(self, folder: Path, command: Command, client: Client) -> None:
        self.folder = folder
        self.command = command
        endpoint_url = command.endpoint_url()
        self.dynamodb = client("dynamodb", endpoint_url)
        self.lambda_ = client("lambda", endpoint_url)
        command.line("Ctrl-C stops.")

    def save(self, *resources: str) -> None:
        """Save the template as editors do."""
        _write(self.folder, resources)

    def put(self, key: str, table_name: str = "orders") -> None:
        self.dynamodb.put_item(TableName=table_name, Item={"pk": {"S": key}, "day": {"S": "monday"}})

    def mapping(self) -> dict[str, Any]:
        (mapping,) = self.lambda_.list_event_source_mappings()["EventSourceMappings"]
        return dict(mapping)


def _write(folder: Path, resources: tuple[str, ...]) -> None:
    draft = folder / "template.yaml.tmp"
    draft.write_text("Transform: AWS::Serverless-2016-10-31\nResources:" + "".join(resources))
    draft.replace(folder / "template.yaml")


@pytest.fixture
def develop(start: Start, tmp_path: Path, client: Client) -> Callable[..., _Developer]:
    def begin(*resources: str, options: tuple[str, ...] = ()) -> _Developer:
        folder = tmp_path / "project"
        (folder / "app").mkdir(parents=True)
        (folder / "app" / "app.py").write_text(HANDLER)
        _write(folder, resources)
        return _Developer(folder, start("dev", "--port", "0", *options, folder=folder), client)

    return begin


def test_a_template_grows_and_shrinks_and_keeps_its_data(develop: Callable[..., _Developer]) -> None:
    developer = develop(table(), function())
    developer.put("one")
    developer.command.line("hello one")
    uuid = developer.mapping()["UUID"]

    developer.save(table(indexed=True), table("more"), function(greeting="bye", batch=7, timeout=20))
    developer.command.line("changed table orders (AttributeDefinitions, GlobalSecondaryIndexes)")
    developer.command.line("added table more")
    developer.command.line("changed function greet (Timeout, Environment)")
    developer.command.line("changed mapping orders -> greet (BatchSize)")
    found = developer.dynamodb.query(
        TableName="orders",
        IndexName="by_day",
        KeyConditionExpression="#d = :d",
        ExpressionAttributeNames={"#d": "day"},
        ExpressionAttributeValues={":d": {"S": "monday"}},
    )
    assert found["Count"] == 1
    assert (developer.mapping()["UUID"], developer.mapping()["BatchSize"]) == (uuid, 7)
    developer.put("two")
    assert developer.command.line("bye ").endswith("bye two")  # and not the first again: the position has stayed

    developer.save(table(indexed=True))
    developer.command.line("removed mapping orders -> greet")
    developer.command.line("kept table more with its data, though the template has it no more")
    assert developer.lambda_.list_functions()["Functions"] == []
    assert developer.dynamodb.list_tables()["TableNames"] == ["more", "orders"]
    assert developer.command.stop() == 0


def test_what_cannot_be_done_leaves_the_rest_to_be_done(develop: Callable[..., _Developer]) -> None:
    developer = develop(table(), function())
    developer.put("one")
    developer.command.line("hello one")

    developer.save(table(key="id"), function(greeting="bye"))
    developer.command.line("template.yaml:3 the key of a table cannot be changed: orders stays")
    developer.command.line("changed function greet (Environment)")
    assert developer.dynamodb.scan(TableName="orders")["Count"] == 1
    developer.put("two")
    developer.command.line("bye two")


def test_a_broken_template_changes_nothing_until_it_is_mended(develop: Callable[..., _Developer]) -> None:
    developer = develop(table(), function())
    developer.save(table(), function(handler="app.hanler"))
    developer.command.line("template.yaml:17: the handler app.hanler is not there")
    developer.command.line("what ran before goes on")
    developer.put("one")
    developer.command.line("hello one")

    # Mended by another file: the template itself is not saved again.
    (developer.folder / "app" / "app.py").write_text(HANDLER.replace("handler(", "hanler("))
    developer.command.line("changed function greet (Handler)")
    developer.put("two")
    developer.command.line("hello two")


def test_another_stream_is_followed_by_its_mapping(develop: Callable[..., _Developer]) -> None:
    developer = develop(table(), function())
    developer.put("one")
    developer.command.line("hello one")
    developer.save(table(view="KEYS_ONLY"), function())
    developer.command.line("changed table orders (StreamSpecification)")
    developer.command.line("changed mapping orders -> greet")
    developer.put("two")
    developer.command.line("hello two")


def test_a_removed_table_is_deleted_where_the_user_says_so(develop: Callable[..., _Developer]) -> None:
    developer = develop(table(), table("more"), options=("--delete-removed",))
    developer.save(table())
    developer.command.line("removed table more")
    assert developer.dynamodb.list_tables()["TableNames"] == ["orders"]
