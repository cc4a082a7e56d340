"""Who is answered at all. Loopback is open to every web page, so the Host and the origin decide."""

from typing import Any

import pytest

from sandbox.web.guard import Guard
from tests.unit.sandbox.web.conftest import Serve, World, targeted

ANSWERED = [
    "localhost",
    "localhost:4566",
    "LOCALHOST:4566",
    "127.0.0.1",
    "127.0.0.1:4566",
    "127.1.2.3:80",
    "[::1]",
    "[::1]:4566",
    "[0:0:0:0:0:0:0:1]:4566",
    "host.docker.internal:4566",
    "dynamodb.localhost:4566",
    "my-bucket.s3.eu-west-1.localhost:4566",
    "sandbox.test",
    "sandbox.test:4566",
    "Sandbox.Test:1",
]
REFUSED = [
    "",
    " ",
    "evil.example",
    "evil.example:4566",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example.localhost.",
    "localhost.",
    "127.0.0.1.",
    "notlocalhost",
    "xlocalhost:4566",
    ".localhost",
    "..localhost",
    "a..localhost",
    "-.localhost",
    "localhost:",
    "localhost:99999",
    "localhost:4566:80",
    "localhost:80@evil.example",
    "user@localhost",
    "user:pass@localhost:4566",
    "localhost/",
    "localhost/x",
    "localhost?x",
    "localhost#x",
    "localhost,evil.example",
    "localhost evil.example",
    "localhost\t",
    "localhost%00",
    "http://localhost",
    "//localhost",
    "10.0.0.1",
    "192.168.1.2:4566",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104 - a Host, nothing is bound
    "0.0.0.0:4566",
    "1.1.1.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "127.0.0.256",
    "[::]",
    "[::1",
    "::1",
    "[::1]evil",
    "[::1%25eth0]",
    "[fe80::1%eth0]",
    "[::ffff:1.2.3.4]",
    "[2001:db8::1]:4566",
    "[localhost]",
    "[]",
    "[",
    "]",
    ":",
    ":4566",
    "ⓛocalhost",
    "loc\u0430lhost",
    "localhost\udc80",
    "x" * 10_000,
    "sandbox.test.evil.example",
    "*.localhost",
    "1" * 300 + ".localhost",
]


@pytest.mark.parametrize("host", ANSWERED)
def test_hosts_that_are_ours(host: str) -> None:
    guard = Guard(["sandbox.test"])
    assert guard.refusal({"Host": host}) is None
    assert guard.refusal({"Host": host}) is None


@pytest.mark.parametrize("host", REFUSED)
def test_hosts_that_are_not(host: str) -> None:
    """The check must not throw either: the same malformed Host has stopped another development server."""
    guard = Guard(["sandbox.test"])
    assert guard.refusal({"Host": host}) is not None


@pytest.mark.parametrize(
    ("host", "passes"),
    [("172.17.0.1:4566", True), ("172.17.0.1", True), ("172.17.0.2:4566", False), ("evil.example:4566", False)],
)
def test_the_address_a_connection_came_to_is_ours(host: str, passes: bool) -> None:
    """A container reaches the bridge's address; a page that rebinds a name still sends the name."""
    refusal = Guard().refusal({"Host": host}, {"sockname": ("172.17.0.1", 4566)}.get)
    assert (refusal is None) is passes


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("a.example.test:4566", True),
        ("a.b.example.test", True),
        ("example.test", False),
        ("aexample.test", False),
        ("a..example.test", False),
        ("a.example.test.evil.example", False),
    ],
)
def test_names_below_an_allowed_one(host: str, passes: bool) -> None:
    assert Guard(["*.Example.test"]).allows(host) is passes


def test_a_request_without_a_host_is_refused() -> None:
    assert Guard().refusal({}) is not None


def test_remembered_hosts_do_not_grow_without_bound() -> None:
    guard = Guard()
    for number in range(2_000):
        assert guard.refusal({"Host": f"b{number}.localhost"}) is None
    assert len(guard._known_hosts) <= 256


PAGES: list[tuple[dict[str, str], bool]] = [
    ({"Origin": "http://localhost:4566"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "http://localhost:4566", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "http://localhost:3000"}, False),
    ({"Origin": "http://127.0.0.1:4566"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "file://"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://localhost:4566.evil.example"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": ""}, False),
    ({"Origin": "http://localhost:4566", "Sec-Fetch-Site": "cross-site"}, False),
]


@pytest.mark.parametrize(("headers", "passes"), PAGES)
def test_only_pages_of_this_server_are_answered(headers: dict[str, str], passes: bool) -> None:
    assert (Guard().refusal({"Host": "localhost:4566", **headers}) is None) is passes


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "user@localhost"},
    ],
)
def test_a_refused_request_has_no_effect_and_no_readable_answer(serve: Serve, headers: dict[str, Any]) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b'{"Text": "x"}', targeted() | headers)
        assert answer.status == 403
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert b"x" not in answer.body or answer.headers["content-type"].startswith("text/plain")

    serve(scenario)


LISTED: list[tuple[list[str], dict[str, str], bool]] = [
    (["http://localhost:3000"], {"Origin": "http://localhost:3000"}, True),
    (["http://Localhost:3000"], {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site"}, True),
    (["http://localhost:3000"], {"Origin": "http://localhost:3001"}, False),
    (["http://localhost:3000"], {"Origin": "https://localhost:3000"}, False),
    (["http://localhost:3000"], {"Origin": "http://localhost:3000.evil.example"}, False),
    (["http://localhost:3000"], {"Origin": "null"}, False),
    (["http://localhost:3000"], {"Sec-Fetch-Site": "cross-site"}, False),
    (["http://localhost:3000"], {"Host": "evil.example", "Origin": "http://localhost:3000"}, False),
    (["null"], {"Origin": "null"}, True),
    (["file://"], {"Origin": "file://"}, True),
    (["*"], {"Origin": "https://any.example"}, True),
    (["*"], {"Host": "evil.example", "Origin": "http://evil.example"}, False),
]


@pytest.mark.parametrize(("origins", "headers", "passes"), LISTED)
def test_pages_that_the_user_lists(origins: list[str], headers: dict[str, str], passes: bool) -> None:
    refusal = Guard(allowed_origins=origins).refusal({"Host": "localhost:4566", **headers})
    assert (refusal is None) is passes


def test_a_preflight_is_refused(serve: Serve) -> None:
    """An answered preflight would open the endpoint to the page, and this one nobody has listed."""

    async def scenario(world: World) -> None:
        preflight = {
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-amz-target,authorization",
            "Access-Control-Request-Private-Network": "true",
        }
        answer = await world.ask(b"", preflight, method="OPTIONS")
        assert answer.status == 403
        assert not any(name.startswith("access-control") for name in answer.headers)

    serve(scenario)
