"""The environment variables of a local execution environment. Source: lambda-event-source-mappings §5.4."""

import os
from collections.abc import Mapping

from runtimes.contract import FunctionSpec

__all__ = ["environment_variables", "inherited_variables"]

_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"})
_TRUST = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"})
_LIBRARIES = frozenset(
    {"PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "VIRTUAL_ENV"}
)
_USER = frozenset({"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TERM", "TMPDIR", "XDG_CACHE_HOME"})
_WINDOWS = frozenset(
    {
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "TEMP",
        "TMP",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
    }
)
_INHERITED = _PROXIES | _TRUST | _LIBRARIES | _USER | _WINDOWS
"""What a program needs to run on this machine. All else of the user's shell, secrets and AWS profiles first, stays outside,
as it does in Lambda."""

_LOOPBACK = "127.0.0.1,localhost,::1"


def inherited_variables(outer: Mapping[str, str]) -> dict[str, str]:
    """The part of *outer*, the sandbox's own environment, that a handler may see."""
    kept = {name: value for name, value in outer.items() if name in _INHERITED or name.startswith("LC_")}
    if not _PROXIES.isdisjoint(kept):
        # The sandbox itself must never be reached through a proxy.
        exempt = outer.get("no_proxy") or outer.get("NO_PROXY")
        kept["NO_PROXY"] = kept["no_proxy"] = f"{exempt},{_LOOPBACK}" if exempt else _LOOPBACK
    return kept


def environment_variables(
    spec: FunctionSpec, outer: Mapping[str, str], *, log_stream: str, runtime_api: str = ""
) -> dict[str, str]:
    """All variables of one environment: inherited, Lambda's own, then the function's, which win.

    Credentials and region are the function's (``spec.environment``); the user's own files and profiles are out of reach.
    *runtime_api* is empty in-process, where nothing speaks the Runtime API.
    """
    variables = inherited_variables(outer)
    variables |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": spec.region,
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "TZ": ":UTC",
    }
    variables |= spec.environment
    variables |= {
        "_HANDLER": spec.handler,
        "AWS_LAMBDA_FUNCTION_NAME": spec.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": spec.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group_name or f"/aws/lambda/{spec.function_name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(spec.code_path),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
    }
    if runtime_api:
        variables["AWS_LAMBDA_RUNTIME_API"] = runtime_api
    return variables
