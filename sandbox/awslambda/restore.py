"""Bring functions and mappings back to life when the sandbox starts on a data folder."""

import logging
from collections.abc import Callable

from sandbox.awslambda.code import CodeStore
from sandbox.awslambda.deployment import deploy
from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.names import LATEST
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import LambdaStore, StoredFunction

__all__ = ["ScopeFactory", "restore"]

ScopeFactory = Callable[[str, str], LambdaScope]
"""Account id and region -> the scope of both."""

_log = logging.getLogger(__name__)


def restore(store: LambdaStore, code: CodeStore, scope_factory: ScopeFactory) -> None:
    """Deploy every function and start every enabled mapping; remove unpacked code that is nobody's any more.

    Call it once the endpoint's URL is known, since functions are told it. A function whose folder is gone or no
    longer allowed stays listed and is not deployed; the log says so.
    """
    functions = store.functions.everything()
    layers = (layer.code for layer in store.layers.everything())
    code.sweep([*(function.code for function in functions), *(layer for layer in layers if layer is not None)])
    for function in functions:
        _revive(scope_factory(function.account_id, function.region), function)
    for mapping in store.mappings.everything():
        if mapping.enabled:
            scope_factory(mapping.account_id, mapping.region).mapping_host.start(mapping.configuration)


def _revive(scope: LambdaScope, function: StoredFunction) -> None:
    try:
        deploy(scope, function)
    except InvalidParameterValueException as refusal:
        _log.warning("the function %s cannot run: %s", function.configuration["FunctionArn"], refusal.message)
        return
    if function.version == LATEST and function.reserved_concurrency is not None:
        scope.function_host.set_reserved_concurrency(
            function.configuration["FunctionArn"], function.reserved_concurrency
        )
