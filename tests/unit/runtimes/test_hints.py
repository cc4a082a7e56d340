"""What people are told beside an error; the error itself is Lambda's."""

import pytest

from runtimes.contract import Crashed, Raised
from runtimes.hints import hint_for


@pytest.mark.parametrize(
    ("error_type", "message", "hint"),
    [
        ("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'yaml.x'", "Install yaml into"),
        (
            "Runtime.ImportModuleError",
            "Error: Cannot find module '@aws-sdk/client-s3/commands'\nRequire stack:",
            "Run npm install @aws-sdk/client-s3 in",
        ),
        ("Error", "Cannot find package 'lodash' imported from /code/index.mjs", "Run npm install lodash in"),
        ("Runtime.MalformedHandlerName", "Bad handler", "Write the Handler as module.function."),
    ],
)
def test_where_the_answer_is_easy_it_is_given(error_type: str, message: str, hint: str) -> None:
    told = hint_for(Raised(error_type=error_type, error_message=message, payload=b"", phase="init"))
    assert told is not None
    assert told.startswith(hint)


@pytest.mark.parametrize("message", ["Error: Cannot find module './orders'", "Error: Cannot find module '/code/x.js'"])
def test_a_missing_file_of_the_users_own_is_no_package(message: str) -> None:
    failure = Raised(error_type="Runtime.ImportModuleError", error_message=message, payload=b"", phase="init")
    assert hint_for(failure) is None


def test_a_crash_has_no_hint() -> None:
    assert hint_for(Crashed(payload=b"{}")) is None
