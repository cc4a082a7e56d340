from pathlib import Path

from runtimes.contract import FunctionSpec
from runtimes.output import OUTPUT_BYTES_MAX, Output

_SPEC = FunctionSpec(
    function_name="orders",
    function_arn="arn",
    region="r",
    account_id="0",
    handler="h.f",
    runtime="python3.12",
    code_path=Path("/task"),
)


class _Sink:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        assert (log_group, log_stream) == ("/aws/lambda/orders", "stream")
        self.told.append((request_id, line))


def test_portions_become_lines_per_source_and_invocation() -> None:
    sink = _Sink()
    output = Output(_SPEC, sink, "stream")
    output.feed("stdout", b"loading\n")
    output.begin("one")
    output.feed("stdout", b"half ")
    output.feed("stderr", b"other\r\n")
    output.feed("stdout", b"line\nlast")
    output.begin("two")
    output.feed("stdout", b"x\n")
    assert sink.told == [("", "loading"), ("one", "other"), ("one", "half line"), ("one", "last"), ("two", "x")]


def test_a_character_cut_between_portions_is_whole_again() -> None:
    sink = _Sink()
    output = Output(_SPEC, sink, "stream")
    data = "ä\n".encode()
    output.feed("stdout", data[:1])
    output.feed("stdout", data[1:])
    assert sink.told == [("", "ä")]


def test_too_much_output_is_counted_and_the_next_invocation_has_its_own_share() -> None:
    sink = _Sink()
    output = Output(_SPEC, sink, "stream")
    output.begin("one")
    output.feed("stdout", b"x" * OUTPUT_BYTES_MAX)
    output.feed("stdout", b"y" * 10)
    output.finish()
    assert sink.told[-1] == ("one", "[sandbox] 10 bytes of output dropped: more than 1 MB in one invocation")
    assert sum(len(line) for _, line in sink.told[:-1]) == OUTPUT_BYTES_MAX
    output.begin("two")
    output.feed("stdout", b"z\n")
    assert sink.told[-1] == ("two", "z")


def test_the_tail_is_the_last_four_kilobytes_of_the_invocation() -> None:
    output = Output(_SPEC, _Sink(), "stream")
    output.line("before")
    output.begin("one")
    assert output.tail() == b""
    output.line("short")
    assert output.tail() == b"short\n"
    for number in range(100):
        output.line(f"{number} " + "x" * 98)
    assert len(output.tail()) == 4096
    assert output.tail().endswith(b"99 " + b"x" * 98 + b"\n")
