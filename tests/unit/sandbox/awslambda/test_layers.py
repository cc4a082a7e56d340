"""What of layers cannot be seen from outside: folders, sizes, and when code is let go."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.restore import restore
from tests.unit.sandbox.awslambda.conftest import Api, MakeApi, archive

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"
LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:words:1"


def publish(api: Api, name: str = "words", **content: Any) -> str:
    content = content or {"ZipFile": archive({"python/words.py": "WORD = 1"})}
    answer = api.call("PublishLayerVersion", LayerName=name, Content=content)
    return str(answer["LayerVersionArn"])


def test_a_folder_of_the_users_is_used_where_it_lies(api: Api) -> None:
    folder = api.project / "layer"
    folder.mkdir()
    arn = publish(api, S3Bucket="hot-reload", S3Key=str(folder))
    api.create_function(Layers=[arn])
    assert api.functions.layers[FUNCTION] == (folder,)
    assert api.call("GetLayerVersionByArn", Arn=arn)["Content"]["Location"] == folder.as_uri()


def test_a_folder_outside_of_the_project_is_refused(api: Api, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValueException, match="outside the allowed folders"):
        publish(api, S3Bucket="hot-reload", S3Key=str(tmp_path))


def test_layers_come_in_the_order_of_the_request(api: Api) -> None:
    first, second = publish(api, "a"), publish(api, "b")
    api.create_function(Layers=[second, first])
    held = [(folder / "python/words.py").exists() for folder in api.functions.layers[FUNCTION]]
    assert held == [True, True]
    before = api.functions.layers[FUNCTION]
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Layers=[first, second])
    assert api.functions.layers[FUNCTION] == before[::-1]


def test_a_deleted_layer_goes_with_its_last_function(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of the function that is still there counts, too."""
    monkeypatch.setattr("sandbox.awslambda.code._RETIRED_FOLDERS_MAX", 0)
    api.create_function(Layers=[publish(api)], Publish=True)
    (folder,) = api.functions.layers[FUNCTION]
    api.call("DeleteLayerVersion", LayerName="words", VersionNumber=1)
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Layers=[])
    assert folder.exists()
    api.call("DeleteFunction", FunctionName="handle-orders")
    assert not folder.exists()
    assert publish(api) == LAYER[:-1] + "2", "a number is not given again"


def test_layers_survive_a_restart(make_api: MakeApi, tmp_path: Path) -> None:
    """A deleted one too, while a function has it; unpacked code of theirs is not swept away."""
    before = make_api(data_folder=tmp_path / "data")
    before.create_function(Layers=[publish(before), publish(before, "other")])
    before.call("DeleteLayerVersion", LayerName="words", VersionNumber=1)
    layers = before.functions.layers
    database: Any = before.scope.store
    database._database.close()

    after = make_api(data_folder=tmp_path / "data")
    restore(after.scope.store, after.scope.code, lambda _account, _region: after.scope)
    assert after.functions.layers == layers
    assert all((folder / "python/words.py").exists() for folder in layers[FUNCTION])
    assert [layer["LayerName"] for layer in after.call("ListLayers")["Layers"]] == ["other"]


def test_layers_and_code_have_one_limit_together(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.awslambda.layers.UNPACKED_BYTES_MAX", 100)
    half = publish(api, "half", ZipFile=archive({"data": "x" * 60}))
    other = publish(api, "other", ZipFile=archive({"data": "x" * 60}))
    code = {"ZipFile": archive({"app.py": "x" * 41})}
    with pytest.raises(InvalidParameterValueException) as refusal:
        api.create_function(Layers=[half], Code=code)
    assert refusal.value.message == (
        "Function code combined with layers exceeds the maximum allowed size of 100 bytes. The actual size is 101 bytes."
    )
    api.create_function(Code=code)
    with pytest.raises(InvalidParameterValueException) as refusal:
        api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Layers=[half, other])
    assert refusal.value.message == "Layers consume more than the available size of 100 bytes"
    api.call("UpdateFunctionCode", FunctionName="handle-orders", ZipFile=archive({"app.py": "x"}))
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Layers=[half])
    with pytest.raises(InvalidParameterValueException, match="combined with layers"):
        api.call("UpdateFunctionCode", FunctionName="handle-orders", **code)


def test_a_runtime_there_never_was(api: Api) -> None:
    with pytest.raises(InvalidParameterValueException, match=r"^Value \[python3\.12, snake\] at 'compatibleRuntimes'"):
        api.call(
            "PublishLayerVersion",
            LayerName="words",
            Content={"ZipFile": archive({"a": ""})},
            CompatibleRuntimes=["python3.12", "snake"],
        )
