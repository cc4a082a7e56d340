"""The paths that lead into layers."""

import os
from pathlib import Path

from runtimes.contract import FunctionSpec
from runtimes.layers import layer_variables, python_folders


def spec(tmp_path: Path, *layers: str, runtime: str = "python3.12", **environment: str) -> FunctionSpec:
    """Each of *layers* is the folders it has, parted by blanks."""
    folders = []
    for number, places in enumerate(layers):
        folder = tmp_path / f"layer{number}"
        for place in places.split():
            (folder / place).mkdir(parents=True, exist_ok=True)
        folders.append(folder)
    return FunctionSpec(
        function_name="f",
        function_arn="a",
        region="r",
        account_id="0",
        handler="h.h",
        runtime=runtime,
        code_path=tmp_path,
        layers=tuple(folders),
        environment=environment,
    )


def test_site_packages_come_before_python_and_later_layers_before_earlier(tmp_path: Path) -> None:
    packages = "python/lib/python3.12/site-packages"
    function = spec(tmp_path, f"{packages} python", f"python {packages}", "python/lib/python3.9/site-packages")
    assert [Path(folder).relative_to(tmp_path).as_posix() for folder in python_folders(function)] == [
        f"layer1/{packages}",
        f"layer0/{packages}",
        "layer2/python",
        "layer1/python",
        "layer0/python",
    ]


def test_programs_and_libraries_come_after_those_of_the_machine(tmp_path: Path) -> None:
    function = spec(tmp_path, "bin lib", "bin")
    found = layer_variables(function, {"PATH": "/usr/bin", "OTHER": "1"})
    assert found == {
        "PATH": os.pathsep.join(["/usr/bin", f"{tmp_path}/layer1/bin", f"{tmp_path}/layer0/bin"]),
        "LD_LIBRARY_PATH": f"{tmp_path}/layer0/lib",
    }


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    """As at AWS, where PATH and its like may be configured."""
    function = spec(tmp_path, "bin lib", PATH="/mine")
    assert "PATH" not in layer_variables(function, {"PATH": "/mine"})


def test_packages_for_one_version_of_node_come_first(tmp_path: Path) -> None:
    function = spec(
        tmp_path, "nodejs/node_modules nodejs/node22/node_modules nodejs/node20/node_modules", runtime="nodejs22.x"
    )
    places = [f"{tmp_path}/layer0/nodejs/node22/node_modules", f"{tmp_path}/layer0/nodejs/node_modules"]
    assert layer_variables(function, {}) == {"NODE_PATH": os.pathsep.join(places)}


def test_modules_of_node_and_of_python(tmp_path: Path) -> None:
    function = spec(tmp_path, "nodejs/node_modules python", runtime="nodejs22.x")
    assert layer_variables(function, {}) == {"NODE_PATH": f"{tmp_path}/layer0/nodejs/node_modules"}
    function = spec(tmp_path / "p", "python")
    assert layer_variables(function, {}) == {"SANDBOX_PYTHON_LAYERS": f"{tmp_path}/p/layer0/python"}


def test_without_layers_nothing_is_added(tmp_path: Path) -> None:
    assert layer_variables(spec(tmp_path), {"PATH": "/usr/bin", "NODE_PATH": "/n"}) == {}
