"""Turn ``package.module.function`` or ``path/module.function`` into the callable it names.

The refusals and their wordings are those of Lambda's Python runtime. Source: lambda-event-source-mappings §6.2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .failure import Failure, Fault, location_of

__all__ = ["load_handler"]


def load_handler(
    handler: str, task_root: str, import_module: Callable[[str], ModuleType], hidden_prefix: str = ""
) -> Callable[[Any, Any], Any]:
    """Import the module through *import_module* and give the function.

    Any exception of the module's own top-level code passes through as it is. *hidden_prefix* is what *import_module* puts
    before module names and nobody should read in a message.

    Raises:
        Fault: ``Runtime.MalformedHandlerName``, ``Runtime.BuiltInModuleConflict``, ``Runtime.ImportModuleError``,
            ``Runtime.UserCodeSyntaxError`` or ``Runtime.HandlerNotFound``.
    """
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise Fault(Failure("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {error}")) from error
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise Fault(Failure("Runtime.BuiltInModuleConflict", message))
    try:
        module = import_module(module_name.replace("/", "."))
    except ImportError as error:
        text = str(error).replace(hidden_prefix, "") if hidden_prefix else str(error)
        message = f"Unable to import module '{module_name}': {text}"
        failure = Failure("Runtime.ImportModuleError", message, location=location_of(error, task_root))
        raise Fault(failure) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        failure = Failure("Runtime.UserCodeSyntaxError", message, trace, location_of(error, task_root))
        raise Fault(failure) from error
    try:
        function: Callable[[Any, Any], Any] = getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        location = getattr(module, "__file__", None) or ""
        raise Fault(Failure("Runtime.HandlerNotFound", message, location=location)) from error
    return function
