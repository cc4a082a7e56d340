from pathlib import Path

from click import unstyle

from sandbox.cli.banner import Banner, export_lines
from sandbox.project.load import load_project
from sandbox.project.project import Notice

EXAMPLE = Path(__file__).parents[4] / "examples" / "orders" / "template.yaml"


def screen(width: int, notices: tuple[Notice, ...] = ()) -> list[str]:
    banner = Banner(
        project=load_project(EXAMPLE),
        endpoint_url="http://127.0.0.1:4566",
        started_ms=412.0,
        data_folder=None,
        interpreter="3.13.1, the sandbox's own",
        watching=True,
        notices=notices,
    )
    return [unstyle(line) for line in banner.lines(width, {"AWS_PROFILE": "x", "AWS_DEFAULT_REGION": "us-east-1"})]


def test_the_screen_tells_where_and_what() -> None:
    text = "\n".join(screen(100))
    assert text.startswith("sandbox 0.1.0  template.yaml  ready in 0.4 s\n")
    assert "endpoint  http://127.0.0.1:4566\n" in text
    assert "python    3.13.1, the sandbox's own\n" in text
    assert "orders           customer, order_id  stream new+old, 1 index, ttl" in text
    assert "on_order  functions/on_order  handler.lambda_handler" in text
    assert "orders -> on_order  from TRIM_HORIZON, batches of up to 10" in text
    assert 'only {"eventName": ["INSERT"]}' in text
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566" in text


def test_it_fits_one_screen_of_80_columns() -> None:
    lines = screen(80, (Notice(line=12, text="x" * 200),))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_only_missing_exports_are_shown(tmp_path: Path) -> None:
    """Overwriting someone's own credentials in their shell would be a nuisance."""
    url = "http://127.0.0.1:1"
    none = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    assert list(export_lines(url, "eu-west-1", none)) == [
        f"export AWS_ENDPOINT_URL={url}",
        "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
        "export AWS_DEFAULT_REGION=eu-west-1",
    ]
    assert list(export_lines(url, "eu-west-1", {"AWS_ACCESS_KEY_ID": "x", "AWS_DEFAULT_REGION": "eu-west-1"})) == [
        f"export AWS_ENDPOINT_URL={url}"
    ]


def test_addresses_of_functions_are_whole(tmp_path: Path) -> None:
    """One that is cut off cannot be clicked, copied or typed."""
    (tmp_path / "template.yaml").write_text("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, ImageUri: "shop/hello:1", FunctionUrlConfig: {AuthType: NONE}}
""")
    url = "http://abcdefghijkl.lambda-url.ap-southeast-1.localhost:4566/"
    for width, expected in ((80, [f"  urls      Hello  {url}"]), (72, ["  urls      Hello", f"            {url}"])):
        banner = Banner(
            project=load_project(tmp_path / "template.yaml"),
            endpoint_url="http://127.0.0.1:4566",
            started_ms=1.0,
            data_folder=None,
            interpreter="",
            watching=True,
            notices=(),
            urls=(url,),
        )
        lines = [unstyle(line) for line in banner.lines(width, {})]
        assert [line for line in lines if "urls" in line or url in line] == expected
        assert "  functions Hello  shop/hello:1  image" in lines
