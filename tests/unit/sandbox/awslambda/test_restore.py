"""What was answered before a stop is there after it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from sandbox.awslambda.restore import restore
from tests.unit.sandbox.awslambda.conftest import Api, MakeApi, archive

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"


def restored(make_api: MakeApi, folder: Path) -> Api:
    api = make_api(data_folder=folder)
    restore(api.scope.store, api.scope.code, lambda _account, _region: api.scope)
    return api


def stop(api: Api) -> None:
    database: Any = api.scope.store
    database._database.close()
    api.scope.code.close()


def test_functions_are_deployed_and_mappings_started_again(make_api: MakeApi, tmp_path: Path) -> None:
    before = make_api(data_folder=tmp_path / "data")
    before.create_function(Tags={"a": "b"}, Publish=True)
    before.call("PutFunctionConcurrency", FunctionName="handle-orders", ReservedConcurrentExecutions=2)
    before.create_function("other")
    polled = before.create_mapping(BatchSize=7)
    idle = before.create_mapping("other", Enabled=False)
    shown = before.call("GetFunction", FunctionName="handle-orders")
    deployed = before.functions.deployed
    stop(before)

    after = restored(make_api, tmp_path / "data")
    assert after.functions.deployed == deployed
    assert after.functions.reserved == {ARN: 2}
    assert after.call("GetFunction", FunctionName="handle-orders") == shown
    assert [(told, each["UUID"], each["BatchSize"]) for told, each in after.mappings.told] == [
        ("start", polled["UUID"], 7)
    ]
    assert after.call("GetEventSourceMapping", UUID=idle["UUID"])["State"] == "Disabled"
    stop(after)


def test_code_that_a_crash_left_behind_is_removed(make_api: MakeApi, tmp_path: Path) -> None:
    before = make_api(data_folder=tmp_path / "data")
    before.create_function()
    before.call("UpdateFunctionCode", FunctionName="handle-orders", ZipFile=archive({"app.py": "new"}))
    assert len(list((tmp_path / "data/code").iterdir())) == 2, "the former code waits for invocations in flight"
    database: Any = before.scope.store
    database._database.close()

    after = restored(make_api, tmp_path / "data")
    (left,) = (tmp_path / "data/code").iterdir()
    assert (left / "app.py").read_text() == "new"
    assert after.functions.deployed[ARN][1] == left
    stop(after)


def test_a_function_whose_folder_is_gone_stays_listed(
    make_api: MakeApi, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = make_api(data_folder=tmp_path / "data")
    source = before.project / "src"
    source.mkdir()
    before.create_function(Code={"S3Bucket": "hot-reload", "S3Key": str(source)})
    before.create_function("other")
    stop(before)
    shutil.rmtree(source)

    after = restored(make_api, tmp_path / "data")
    assert after.functions.deployed.keys() == {ARN.replace("handle-orders", "other")}
    assert len(after.call("ListFunctions")["Functions"]) == 2
    assert f"the function {ARN} cannot run: The code folder" in caplog.text
    stop(after)


def test_aliases_are_kept(make_api: MakeApi, tmp_path: Path) -> None:
    before = make_api(data_folder=tmp_path / "data")
    before.create_function(Publish=True)
    before.call("CreateAlias", FunctionName="handle-orders", Name="live", FunctionVersion="1")
    stop(before)
    after = restored(make_api, tmp_path / "data")
    assert after.scope.routing.target(f"{ARN}:live") == f"{ARN}:1"
