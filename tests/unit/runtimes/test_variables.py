from pathlib import Path

from runtimes.contract import FunctionSpec
from runtimes.variables import environment_variables, inherited_variables


def test_secrets_of_the_shell_stay_outside() -> None:
    shell = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LC_ALL": "C",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL": "http://elsewhere",
        "GITHUB_TOKEN": "secret",
        "PYTHONHOME": "/x",
    }
    assert inherited_variables(shell) == {"PATH": "/bin", "HOME": "/home/me", "LC_ALL": "C"}


def test_the_sandbox_is_never_reached_through_a_proxy() -> None:
    inherited = inherited_variables({"HTTPS_PROXY": "http://proxy", "no_proxy": "intranet"})
    assert inherited["NO_PROXY"] == inherited["no_proxy"] == "intranet,127.0.0.1,localhost,::1"


def test_profiles_are_out_of_reach_and_the_functions_own_variables_win() -> None:
    spec = FunctionSpec(
        function_name="orders",
        function_arn="arn",
        region="eu-west-1",
        account_id="0",
        handler="h.f",
        runtime="python3.12",
        code_path=Path("/task"),
        environment={"TZ": "Europe/Berlin", "AWS_ACCESS_KEY_ID": "000000000000"},
    )
    variables = environment_variables(spec, {"AWS_ACCESS_KEY_ID": "real"}, log_stream="s", runtime_api="127.0.0.1:1")
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == variables["AWS_CONFIG_FILE"] == "/dev/null"
    assert variables["AWS_ACCESS_KEY_ID"] == "000000000000"
    assert variables["TZ"] == "Europe/Berlin"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.12"
    assert variables["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/orders"
    assert variables["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:1"
