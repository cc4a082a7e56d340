from runtimes.guest.failure import Failure, failure_of, log_text


def _raised(code: str, file: str) -> BaseException:
    try:
        exec(compile(code, file, "exec"), {})  # noqa: S102 - stands for user code
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError


def test_the_place_is_the_deepest_line_of_the_users_own_code() -> None:
    error = _raised("import json\njson.loads('{')\n", "/task/handler.py")
    failure = failure_of(error, "/task")
    assert failure.location == "/task/handler.py:2"
    assert any("json/decoder.py" in element for element in failure.stack_trace)


def test_without_a_line_of_the_users_there_is_no_place() -> None:
    assert failure_of(ValueError("x"), "/task").location == ""


def test_the_log_entry_is_one_line_whatever_the_message() -> None:
    document = Failure("ValueError", "two\nlines", ['  File "/task/h.py", line 1, in f\n    raise\n', "\n"]).document(
        "id"
    )
    indent = "\u00a0"
    assert log_text(document) == (
        "[ERROR] ValueError: two\rlines\rTraceback (most recent call last):\r"
        f'{indent * 2}File "/task/h.py", line 1, in f\r{indent * 4}raise\r\n'
    )


def test_an_error_without_a_message_has_no_colon() -> None:
    assert (
        log_text(Failure("ValueError", "").document("")) == "[ERROR] ValueError\rTraceback (most recent call last):\n"
    )
