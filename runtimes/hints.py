"""What to do about code that does not load, where the answer is easy; for people, never part of a payload."""

import re

from runtimes.contract import LoadFailure, Raised

__all__ = ["hint_for"]

_MISSING_MODULE = re.compile(r"No module named '([^'.]+)")
_MISSING_NODE_PACKAGE = re.compile(r"Cannot find (?:module|package) '((?:@[^/']+/)?[^./'][^/']*)")


def hint_for(failure: LoadFailure) -> str | None:
    """One sentence, or ``None`` where there is nothing to add to the error itself."""
    if not isinstance(failure, Raised):
        return None
    package = _MISSING_NODE_PACKAGE.search(failure.error_message)
    if package is not None:
        return f"Run npm install {package[1]} in the code folder or in a folder above it."
    match failure.error_type:
        case "Runtime.ImportModuleError":
            missing = _MISSING_MODULE.search(failure.error_message)
            if missing is None:
                return None
            return (
                f"Install {missing[1]} into the Python named at the start (a .venv made since then is used from the next start "
                "on), or put it into the code folder."
            )
        case "Runtime.HandlerNotFound":
            return "Define that function in the module, or correct the function's Handler."
        case "Runtime.MalformedHandlerName":
            return "Write the Handler as module.function."
    return None
