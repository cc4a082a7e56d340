"""Function URLs: their settings, and requests that really reach the function.

Source: AWS Lambda developer guide, "Invoking Lambda function URLs", "Creating and managing Lambda function URLs".
"""

import base64
import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conformance.expect import refused

ANSWER = """
def handler(event, context):
    return event
"""
AS_TOLD = """
import json
def handler(event, context):
    return json.loads(event["body"])
"""

Make = Callable[..., str]


class Answer:
    """An HTTP answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Ask = Callable[..., Answer]


@pytest.fixture
def ask(endpoint_url: str) -> Ask:
    """Send a request to a function URL; the name in it need not be known to any resolver."""
    address = urlsplit(endpoint_url)

    def send(
        url: str, method: str = "GET", target: str = "/", body: bytes | str | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, {"Host": urlsplit(url).netloc, **named})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    return send


@pytest.fixture
def url_of(awslambda: Any, make_function: Make) -> Callable[..., str]:
    """A function with a URL; gives the URL."""

    def make(code: str = ANSWER, settings: Mapping[str, Any] | None = None, **members: Any) -> str:
        name = make_function(code, **members)
        answer = awslambda.create_function_url_config(FunctionName=name, **{"AuthType": "NONE", **(settings or {})})
        return str(answer["FunctionUrl"])

    return make


def test_settings(awslambda: Any, make_function: Make) -> None:
    name = make_function()
    cors = {"AllowOrigins": ["*"], "MaxAge": 60}
    created = awslambda.create_function_url_config(FunctionName=name, AuthType="AWS_IAM", Cors=cors)
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert created["FunctionArn"].endswith(f":function:{name}")
    assert (created["AuthType"], created["Cors"], created["InvokeMode"]) == ("AWS_IAM", cors, "BUFFERED")
    assert "LastModifiedTime" not in created
    found = awslambda.get_function_url_config(FunctionName=name)
    assert found["FunctionUrl"] == created["FunctionUrl"]
    assert found["LastModifiedTime"] == found["CreationTime"] == created["CreationTime"]
    updated = awslambda.update_function_url_config(FunctionName=name, AuthType="NONE", Cors={})
    assert updated["AuthType"] == "NONE"
    assert "Cors" not in updated
    assert updated["CreationTime"] == created["CreationTime"]
    awslambda.delete_function_url_config(FunctionName=name)
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", status=404):
        awslambda.get_function_url_config(FunctionName=name)


def test_a_function_has_one_url_and_each_alias_one_of_its_own(awslambda: Any, make_function: Make) -> None:
    name = make_function(Publish=True)
    awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    first = awslambda.create_function_url_config(FunctionName=name, AuthType="NONE")
    with refused("ResourceConflictException", status=409):
        awslambda.create_function_url_config(FunctionName=name, AuthType="NONE")
    second = awslambda.create_function_url_config(FunctionName=name, Qualifier="live", AuthType="NONE")
    assert second["FunctionArn"] == first["FunctionArn"] + ":live"
    assert second["FunctionUrl"] != first["FunctionUrl"]
    listed = awslambda.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
    assert {each["FunctionUrl"] for each in listed} == {first["FunctionUrl"], second["FunctionUrl"]}
    with refused("ValidationException"):
        awslambda.create_function_url_config(FunctionName=name, Qualifier="1", AuthType="NONE")
    with refused("ResourceNotFoundException", status=404):
        awslambda.create_function_url_config(FunctionName=name, Qualifier="nobody", AuthType="NONE")


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("create_function_url_config", {"AuthType": "NONE"}),
        ("get_function_url_config", {}),
        ("update_function_url_config", {}),
        ("delete_function_url_config", {}),
        ("list_function_url_configs", {}),
    ],
)
def test_a_function_that_is_not_there(awslambda: Any, operation: str, members: dict[str, str]) -> None:
    with refused("ResourceNotFoundException", status=404):
        getattr(awslambda, operation)(FunctionName="fn-nobodys", **members)


def test_the_event(url_of: Callable[..., str], ask: Ask) -> None:
    url = url_of()
    event = ask(
        url,
        "POST",
        "/my%20path/x?a=1&b=two%20words&a=2",
        "hello",
        Content_Type="text/plain; charset=utf-8",
        Cookie="one=1; two=2",
        User_Agent="tests",
        X_Custom="Value",
    ).json
    url_id = urlsplit(url).netloc.partition(".")[0]
    assert (event["version"], event["routeKey"]) == ("2.0", "$default")
    assert event["rawPath"] == "/my%20path/x"
    assert event["rawQueryString"] == "a=1&b=two%20words&a=2"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "two words"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-custom"] == "Value"
    assert "cookie" not in event["headers"]
    assert (event["body"], event["isBase64Encoded"]) == ("hello", False)
    context = event["requestContext"]
    assert (context["accountId"], context["apiId"], context["stage"]) == ("anonymous", url_id, "$default")
    assert context["domainName"].startswith(f"{url_id}.lambda-url.us-east-1.")
    assert context["http"] == {
        "method": "POST",
        "path": "/my%20path/x",
        "protocol": "HTTP/1.1",
        "sourceIp": context["http"]["sourceIp"],
        "userAgent": "tests",
    }
    assert context["requestId"]
    assert context["timeEpoch"] > 1_600_000_000_000


def test_what_is_not_there_is_left_out(url_of: Callable[..., str], ask: Ask) -> None:
    event = ask(url_of()).json
    assert {"cookies", "queryStringParameters", "body", "pathParameters"}.isdisjoint(event)
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("content_type", "body", "is_text"),
    [
        ("application/json", b'{"a": 1}', True),
        ("text/csv", b"a,b", True),
        ("application/x-www-form-urlencoded", b"a=1", False),
        ("application/octet-stream", b"\x00\xff", False),
        ("text/plain", b"\xff", False),
    ],
    ids=["json", "text", "form", "bytes", "text that is none"],
)
def test_bodies(url_of: Callable[..., str], ask: Ask, content_type: str, body: bytes, is_text: bool) -> None:
    event = ask(url_of(), "PUT", "/", body, Content_Type=content_type).json
    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == (body.decode() if is_text else base64.b64encode(body).decode())


@pytest.mark.parametrize(
    ("told", "status", "content_type", "body"),
    [
        ("Hello", 200, "application/json", b'"Hello"'),
        ({"message": "x"}, 200, "application/json", b'{"message": "x"}'),
        ([1, None], 200, "application/json", b"[1, null]"),
        (None, 200, "application/json", b"null"),
        ({"statusCode": 204}, 204, "application/json", b""),
        ({"statusCode": 201, "body": "made"}, 201, "application/json", b"made"),
        (
            {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": "AP8=", "isBase64Encoded": True},
            200,
            "image/png",
            b"\x00\xff",
        ),
        ({"statusCode": "lots"}, 502, "application/json", b"Internal Server Error"),
        ({"statusCode": 200, "headers": "none"}, 502, "application/json", b"Internal Server Error"),
    ],
    ids=["text", "object", "list", "nothing", "no body", "custom", "bytes", "wrong status", "wrong headers"],
)
def test_answers(url_of: Callable[..., str], ask: Ask, told: Any, status: int, content_type: str, body: bytes) -> None:
    answer = ask(url_of(AS_TOLD), "POST", "/", json.dumps(told), Content_Type="application/json")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (status, content_type, body)


def test_headers_and_cookies_of_an_answer(url_of: Callable[..., str], ask: Ask) -> None:
    told = {"statusCode": 302, "headers": {"Location": "/x", "X-Number": 7}, "cookies": ["a=1; Secure", "b=2"]}
    answer = ask(url_of(AS_TOLD), "POST", "/", json.dumps(told), Content_Type="application/json")
    assert answer.status == 302
    assert (answer.headers["Location"], answer.headers["X-Number"]) == ("/x", "7")
    assert answer.headers.get_all("Set-Cookie") == ["a=1; Secure", "b=2"]


@pytest.mark.parametrize(
    "code",
    [
        "def handler(event, context):\n    raise ValueError('no')",
        "import time\ndef handler(event, context):\n    time.sleep(9)",
    ],
    ids=["raises", "times out"],
)
def test_a_function_that_fails(url_of: Callable[..., str], ask: Ask, code: str) -> None:
    answer = ask(url_of(code, Timeout=1))
    assert (answer.status, answer.body) == (502, b"Internal Server Error")


def test_a_function_without_concurrency(awslambda: Any, make_function: Make, ask: Ask) -> None:
    name = make_function()
    url = awslambda.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    assert ask(url).status == 429


def test_a_url_that_is_not_there(awslambda: Any, make_function: Make, ask: Ask) -> None:
    name = make_function()
    url = awslambda.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    awslambda.delete_function(FunctionName=name)
    assert ask(url).status == 404


def test_signatures(url_of: Callable[..., str], ask: Ask) -> None:
    url = url_of(settings={"AuthType": "AWS_IAM"})
    answer = ask(url)
    assert answer.status == 403
    assert answer.json["Message"].startswith("Forbidden")
    scope = "20260101/us-east-1/lambda/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential=111122223333/{scope}, SignedHeaders=host;x-amz-date, Signature=00"
    context = ask(url, Authorization=signature, X_Amz_Date="20260101T000000Z").json["requestContext"]
    assert context["accountId"] == "111122223333"
    assert context["authorizer"]["iam"]["accountId"] == "111122223333"


def test_an_alias_runs_its_version(awslambda: Any, make_function: Make, zip_of: Callable[..., bytes], ask: Ask) -> None:
    name = make_function("def handler(event, context):\n    return 'old'\n", Publish=True)
    awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    new = "def handler(event, context):\n    return 'new'\n"
    awslambda.update_function_code(FunctionName=name, ZipFile=zip_of(app__py=new))
    for qualifier, expected in (({}, "new"), ({"Qualifier": "live"}, "old")):
        made = awslambda.create_function_url_config(FunctionName=name, AuthType="NONE", **qualifier)
        assert ask(made["FunctionUrl"]).json == expected


def test_web_pages(url_of: Callable[..., str], ask: Ask) -> None:
    cors = {
        "AllowOrigins": ["https://shop.example"],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["x-custom"],
        "ExposeHeaders": ["x-shown"],
        "AllowCredentials": True,
        "MaxAge": 5,
    }
    told = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "https://other.example"}}
    url = url_of(AS_TOLD, {"Cors": cors})
    preflight = ask(url, "OPTIONS", Origin="https://shop.example", Access_Control_Request_Method="POST")
    assert (preflight.status, preflight.body) == (200, b"")
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET,POST"
    assert preflight.headers["Access-Control-Allow-Headers"] == "x-custom"
    assert preflight.headers["Access-Control-Max-Age"] == "5"
    answer = ask(url, "POST", "/", json.dumps(told), Content_Type="application/json", Origin="https://shop.example")
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["https://shop.example"]
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Expose-Headers"] == "x-shown"


def test_a_function_that_streams(url_of: Callable[..., str], ask: Ask) -> None:
    """What is answered as it is, without a look at it."""
    url = url_of("def handler(event, context):\n    return {'statusCode': 404}\n", {"InvokeMode": "RESPONSE_STREAM"})
    answer = ask(url)
    assert answer.status == 200
    assert answer.json == {"statusCode": 404}
