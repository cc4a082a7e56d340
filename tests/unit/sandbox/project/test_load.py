import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.project.late import stream_arn_token
from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault
from sandbox.project.project import CodeBundle, CodeFolder, Project
from sandbox.project.references import Surroundings

TABLE = """
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
"""

Load = Callable[..., Project]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text("def handler(event, context): ...\n")

    def load_text(resources: str, rest: str = "Transform: AWS::Serverless-2016-10-31", **overrides: str) -> Project:
        path = tmp_path / "template.yaml"
        path.write_text(f"{textwrap.dedent(rest)}\nResources:\n{resources}")
        return load_project(
            path, overrides=overrides, surroundings=Surroundings(region="eu-west-1", account_id="111122223333")
        )

    return load_text


def faults(load: Load, resources: str, **keywords: str) -> list[str]:
    with pytest.raises(TemplateFault) as caught:
        load(resources, **keywords)
    return [f"{problem.line}: {problem.what}. {problem.advice}" for problem in caught.value.problems]


def function(extra: str = "") -> str:
    properties = "{CodeUri: app, Handler: app.handler, Runtime: python3.13" + extra + "}"
    return f"\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {properties}\n"


def test_a_table_becomes_a_create_table_request(load: Load) -> None:
    (table,) = load(TABLE).tables
    assert table.request == {
        "TableName": "Orders",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    assert table.line == 4


def test_encryption_is_renamed_for_the_wire(load: Load) -> None:
    (table,) = load(TABLE + "      SSESpecification: {SSEEnabled: true, SSEType: KMS}\n").tables
    assert table.request["SSESpecification"] == {"Enabled": True, "SSEType": "KMS"}


def test_time_to_live_is_a_call_of_its_own(load: Load) -> None:
    (table,) = load(TABLE + "      TimeToLiveSpecification: {AttributeName: ttl, Enabled: 'true'}\n").tables
    assert table.time_to_live == {"AttributeName": "ttl", "Enabled": True}
    assert "TimeToLiveSpecification" not in table.request


SEARCHED = """      VectorIndexes:
        - IndexName: near
          VectorAttribute: {AttributeName: v}
          Dimensions: '2'
          DistanceFunction: COSINE
          SearchSchema: [{AttributeName: shop, SearchSchemaElementType: HASH}]
          Projection: {ProjectionType: ALL}
"""


def test_vector_indexes_are_those_of_the_wire(load: Load) -> None:
    """What they search for is as much in need of a definition as a key is."""
    defined = TABLE.replace("AttributeType: S}", "AttributeType: S}, {AttributeName: shop, AttributeType: S}")
    (table,) = load(defined + SEARCHED).tables
    assert table.request["VectorIndexes"] == [
        {
            "IndexName": "near",
            "VectorAttribute": {"AttributeName": "v"},
            "Dimensions": 2,
            "DistanceFunction": "COSINE",
            "SearchSchema": [{"AttributeName": "shop", "SearchSchemaElementType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    [fault] = faults(load, TABLE + SEARCHED)
    assert "shop is in a SearchSchema of Orders but is not among its AttributeDefinitions" in fault


def test_provisioned_throughput_alone_means_provisioned(load: Load) -> None:
    (table,) = load(TABLE + "      ProvisionedThroughput: {ReadCapacityUnits: '5', WriteCapacityUnits: 6}\n").tables
    assert table.request["BillingMode"] == "PROVISIONED"
    assert table.request["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}


def test_a_simple_table_has_the_key_id(load: Load) -> None:
    (table,) = load("\n  T:\n    Type: AWS::Serverless::SimpleTable\n").tables
    assert table.request == {
        "TableName": "T",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


def test_a_simple_table_with_a_key_and_tags_of_its_own(load: Load) -> None:
    (table,) = load(
        "\n  T:\n    Type: AWS::Serverless::SimpleTable\n    Properties:\n"
        "      TableName: !Sub '${AWS::Region}-t'\n      PrimaryKey: {Name: n, Type: Number}\n      Tags: {team: a}\n"
    ).tables
    assert table.name == "eu-west-1-t"
    assert table.request["AttributeDefinitions"] == [{"AttributeName": "n", "AttributeType": "N"}]
    assert table.request["Tags"] == [{"Key": "team", "Value": "a"}]


def test_a_global_table_is_one_table_here(load: Load) -> None:
    resources = TABLE.replace("::Table", "::GlobalTable") + "      Replicas: [{Region: eu-west-1}]\n"
    event = ", Events: {E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST}}}"
    project = load(resources + function(event))
    assert project.tables[0].request["BillingMode"] == "PAY_PER_REQUEST"
    assert project.event_sources[0].table_name == "Orders"
    assert "Orders is one table here, without replicas, on demand" in [notice.text for notice in project.notices]


def test_a_dynamodb_event_becomes_a_mapping_on_the_tables_stream(load: Load) -> None:
    event = """, Events: {E: {Type: DynamoDB, Properties: {
        Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST, BatchSize: '7', Enabled: false,
        BisectBatchOnFunctionError: true, MaximumRetryAttempts: -1, FunctionResponseTypes: [ReportBatchItemFailures],
        FilterCriteria: {Filters: [{Pattern: '{}'}]},
        DestinationConfig: {OnFailure: {Type: SQS, Destination: 'arn:aws:sqs:eu-west-1:111122223333:q'}}}}}"""
    (source,) = load(TABLE + function(event)).event_sources
    assert source.table_name == "Orders"
    assert source.request == {
        "EventSourceArn": stream_arn_token("Orders"),
        "FunctionName": "Fn",
        "StartingPosition": "LATEST",
        "BatchSize": 7,
        "Enabled": False,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": -1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:111122223333:q"}},
    }


def test_a_mapping_resource_may_name_its_function_by_arn(load: Load) -> None:
    mapping = """
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !GetAtt Fn.Arn
      EventSourceArn: !GetAtt Orders.StreamArn
      StartingPosition: TRIM_HORIZON
"""
    (source,) = load(TABLE + function() + mapping).event_sources
    assert source.function_name == "Fn"
    assert source.request["FunctionName"] == "arn:aws:lambda:eu-west-1:111122223333:function:Fn"


def test_a_mapping_on_a_kinesis_stream_is_a_notice(load: Load) -> None:
    mapping = """
  Q: {Type: AWS::Kinesis::Stream}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Q.Arn}}
"""
    project = load(function() + mapping)
    assert project.event_sources == ()
    assert any("neither a DynamoDB stream nor a queue" in notice.text for notice in project.notices)


def test_globals_merge_into_functions(load: Load) -> None:
    globals_ = """
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.12
        Timeout: 30
        Environment: {Variables: {A: general, B: 8080, C: true}}
    """
    (one,) = load(function(", Timeout: 5, Environment: {Variables: {A: own}}"), globals_).functions
    assert one.request["Timeout"] == 5
    assert one.request["Runtime"] == "python3.13"
    assert one.request["Environment"] == {"Variables": {"A": "own", "B": "8080", "C": "true"}}


def test_a_function_gets_a_role_and_its_folder(load: Load, tmp_path: Path) -> None:
    project = load(function(", ReservedConcurrentExecutions: 2, Tags: {team: a}"))
    (one,) = project.functions
    assert one.code == CodeFolder(path=tmp_path / "app")
    assert one.reserved_concurrency == 2
    assert one.request["Role"] == "arn:aws:iam::111122223333:role/FnRole"
    assert one.request["Tags"] == {"team": "a"}
    assert project.code_folders == (tmp_path / "app",)


def test_inline_code_becomes_an_archive_with_an_index(load: Load) -> None:
    (one,) = load(
        "\n  Fn:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: python3.13\n      Handler: index.handler\n"
        "      Role: arn:aws:iam::111122223333:role/r\n      Code:\n        ZipFile: |\n          def handler(e, c): return 1\n"
    ).functions
    assert isinstance(one.code, CodeBundle)
    assert b"index.py" in one.code.zip_bytes


def test_what_is_not_emulated_is_a_notice_not_a_fault(load: Load) -> None:
    project = load(
        function(
            ", Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}, Environment: {Variables: {POOL: !Ref Pool}}"
        )
        + "\n  Pool: {Type: AWS::Cognito::UserPool}\n  Jar: {Type: AWS::Serverless::Function, Properties: "
        "{CodeUri: app, Handler: a.b, Runtime: java21}}\n"
    )
    texts = [notice.text for notice in project.notices]
    assert "event Get of Fn (Api) is not emulated" in texts
    assert "Pool (AWS::Cognito::UserPool) is not created" in texts
    assert "Pool is not emulated; its value here is the text 'Pool'" in texts
    assert "Jar needs java21, which runs in containers only (--runtime docker)" in texts
    assert [one.name for one in project.functions] == ["Fn", "Jar"]


def test_a_resource_whose_condition_is_false_is_left_out(load: Load) -> None:
    rest = """
    Transform: AWS::Serverless-2016-10-31
    Parameters: {Stage: {Type: String, Default: dev}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    """
    resources = TABLE.replace("    Properties:", "    Condition: IsProd\n    Properties:")
    assert load(resources, rest).tables == ()
    assert [table.name for table in load(resources, rest, Stage="prod").tables] == ["Orders"]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (TABLE.replace("KeySchema", "KeySchem"), "8: AWS::DynamoDB::Table has no property KeySchem. Did you mean KeySchema?"),
        (TABLE.replace("AWS::DynamoDB", "AWS::DynamoDb"), "5: there is no resource type AWS::DynamoDb::Table. Did you mean AWS::DynamoDB::Table?"),
        (TABLE.replace("KeyType: HASH", "KeyType: HASCH"), "8: KeyType cannot be HASCH. Did you mean HASH?"),
        (TABLE.replace("Properties:", "Propertys:"), "6: a resource has no attribute Propertys. Did you mean Properties?"),
        (
            TABLE.replace("AttributeName: pk, KeyType", "AttributeName: id, KeyType"),
            "7: id is a key of Orders but is not among its AttributeDefinitions. Add: {AttributeName: id, AttributeType: S}",
        ),
        (function(", Timeout: soon"), "6: Timeout must be a whole number, not soon. "),
        (function(", Timout: 3"), "6: AWS::Serverless::Function has no property Timout. Did you mean Timeout?"),
        (function(", Environment: {Variables: {T: !Ref Order}}") + TABLE, "6: there is no parameter or resource Order. Did you mean Orders?"),
        (function().replace("CodeUri: app,", "CodeUri: ap,"), "6: there is no folder ap. Did you mean app?"),
        (function().replace("python3.13", "pyton3.13"), "6: there is no runtime pyton3.13. Write it as AWS does, for example python3.13"),
        (
            TABLE + function(", Events: {E: {Type: DynamoDb}}"),
            "13: there is no event type DynamoDb. Did you mean DynamoDB?",
        ),
        (
            TABLE + function(", Events: {E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreemArn, StartingPosition: LATEST}}}"),
            "13: AWS::DynamoDB::Table Orders has no attribute StreemArn. Did you mean StreamArn?",
        ),
        (
            TABLE + function(", Events: {E: {Type: DynamoDB, Properties: {Stream: !Ref Orders, StartingPosition: LATEST}}}"),
            "13: the Stream of event E is Orders, which is not the ARN of a DynamoDB stream. Write it as: Stream: !GetAtt Table.StreamArn",
        ),
        (
            TABLE + function(", Events: {E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn}}}"),
            "13: a DynamoDB event has no StartingPosition. It is required",
        ),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_the_next_step(load: Load, resources: str, expected: str) -> None:
    assert expected in faults(load, resources)


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("AWS::DynamoDB::Tabel", "Did you mean AWS::DynamoDB::Table?"),
        ("AWS::Serverless::Functions", "Did you mean AWS::Serverless::Function?"),
        ("AWS::Lambda::Nonsense", "AWS::Lambda has no Nonsense."),
        ("AWS::Lamda::Function", "Did you mean AWS::Lambda::Function?"),
        ("AWS::sqs::Queue", "Did you mean AWS::SQS::Queue?"),
    ],
)
def test_a_misspelt_type(load: Load, kind: str, advice: str) -> None:
    assert faults(load, f"\n  X: {{Type: '{kind}'}}\n") == [f"4: there is no resource type {kind}. {advice}"]


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::Lambda::Permission",
        "AWS::SQS::QueuePolicy",
        "AWS::DAX::Cluster",
        "Custom::X",
    ],
)
def test_a_type_we_do_not_create_is_no_fault(load: Load, kind: str) -> None:
    assert [other.type for other in load(f"\n  X: {{Type: '{kind}'}}\n").others] == [kind]


def test_two_tables_of_one_name(load: Load) -> None:
    second = TABLE.replace("Orders", "Second").replace("Properties:", "Properties:\n      TableName: Orders")
    assert faults(load, TABLE + second) == [
        "11: Second has the name Orders, which is taken on line 4. Give it another name"
    ]


def test_a_stream_that_is_not_switched_on_is_explained(load: Load) -> None:
    resources = TABLE.replace("      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}\n", "")
    event = ", Events: {E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST}}}"
    (said,) = faults(load, resources + function(event))
    assert said.startswith(
        "12: table Orders has no stream, so it has no StreamArn. Add to Orders (line 4): StreamSpecification"
    )


def test_a_missing_handler_is_found_before_anything_starts(load: Load, tmp_path: Path) -> None:
    (said,) = faults(load, function().replace("app.handler", "ap.handler"))
    assert (
        said
        == f"6: the handler ap.handler is not there: no file ap.py in {tmp_path / 'app'}. Did you mean app.handler?"
    )
    (said,) = faults(load, function().replace("app.handler", "app.handle"))
    assert (
        said
        == f"6: the handler app.handle is not there: {tmp_path / 'app' / 'app.py'} defines no handle. Did you mean handler?"
    )


def test_a_handler_that_cannot_be_parsed_is_not_a_fault_of_the_template(load: Load, tmp_path: Path) -> None:
    """A syntax error is shown, held and picked up once it is fixed; it must not stop the start."""
    (tmp_path / "app" / "app.py").write_text("def handler(\n")
    assert len(load(function()).functions) == 1


def test_all_faults_are_told_at_once(load: Load) -> None:
    assert len(faults(load, TABLE.replace("KeyType: HASH", "KeyType: X") + function(", Timeout: soon"))) == 2


def test_sam_resources_need_the_transform(load: Load) -> None:
    (said,) = faults(load, function(), rest="Description: none")
    assert "Transform: AWS::Serverless-2016-10-31" in said
