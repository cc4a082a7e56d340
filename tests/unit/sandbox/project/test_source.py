from pathlib import Path

import pytest

from sandbox.project.problem import TemplateFault
from sandbox.project.source import read_template
from sandbox.project.tree import Fields, Items, Scalar, plain


def read(tmp_path: Path, text: str, name: str = "template.yaml") -> Fields:
    path = tmp_path / name
    path.write_text(text)
    return read_template(path)


def refusal(tmp_path: Path, text: str, name: str = "template.yaml") -> str:
    with pytest.raises(TemplateFault) as caught:
        read(tmp_path, text, name)
    return str(caught.value).removeprefix(str(tmp_path / name))


def test_short_tags_are_the_same_as_long_functions(tmp_path: Path) -> None:
    tree = read(tmp_path, 'a: !Ref X\nb: !GetAtt T.StreamArn\nc: !Sub "${X}"\nd: !If [Prod, 1, !Ref "AWS::NoValue"]\n')
    assert plain(tree) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["T", "StreamArn"]},
        "c": {"Fn::Sub": "${X}"},
        "d": {"Fn::If": ["Prod", 1, {"Ref": "AWS::NoValue"}]},
    }


def test_every_node_knows_its_line(tmp_path: Path) -> None:
    tree = read(tmp_path, "a: 1\nb:\n  - x\n  - c: 2\n")
    assert tree.line_of("b") == 2
    items = tree.entries["b"]
    assert isinstance(items, Items)
    assert [value.line for value in items.values] == [3, 4]


def test_a_date_stays_text(tmp_path: Path) -> None:
    """``AWSTemplateFormatVersion: 2010-09-09`` stands unquoted in most templates."""
    assert read(tmp_path, "v: 2010-09-09\n").entries["v"] == Scalar(value="2010-09-09", line=1)


def test_anchors_and_merge_keys(tmp_path: Path) -> None:
    tree = read(tmp_path, "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")
    assert plain(tree)["b"] == {"y": 3, "x": 1}


def test_json_with_tabs_and_escaped_pairs(tmp_path: Path) -> None:
    tree = read(tmp_path, '{\n\t"a":\t"\\ud83d\\ude00 \\/"\n}', "template.json")
    assert plain(tree) == {"a": "\N{GRINNING FACE} /"}
    assert tree.line_of("a") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\tb: 1\n", ":2: not valid YAML: a tab stands where spaces belong\n    Indent with spaces only"),
        ("a: 1\na: 2\n", ":2: a is written twice (first on line 1)\n    Remove or rename one of them"),
        ("a: !Reff X\n", ":1: !Reff is not a CloudFormation function\n    Did you mean !Ref?"),
        ("a: &x\n  b: *x\n", ":1: an anchor contains itself\n    Write the value out"),
        ("- a\n", ":1: a template is a map with a Resources section\n    Start with a line: Resources:"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert refusal(tmp_path, text) == expected


def test_a_colon_in_a_value_is_explained(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a: 1\nb: c: d\n")
    assert said.startswith(":2: not valid YAML: mapping values are not allowed")
    assert "quote a value that contains a colon" in said


def test_json_faults_have_line_and_column(tmp_path: Path) -> None:
    assert refusal(tmp_path, '{"a":\n 1,,}', "template.json").startswith(":2: not valid JSON: ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="there is no such file"):
        read_template(tmp_path / "template.yaml")


def test_a_folder_is_not_a_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="this is a folder"):
        read_template(tmp_path)


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(TemplateFault, match="not UTF-8 text"):
        read_template(path)
