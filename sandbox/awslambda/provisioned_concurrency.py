"""How much concurrency is provisioned for a version or an alias: kept and told, ready at once.

Source: API reference, PutProvisionedConcurrencyConfig. The sentences of the refusals, but for those marked *recalled*:
hashicorp/terraform-provider-aws#12120, anomalyco/sst#5829.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.awslambda.faults import InvalidParameterValueException, ResourceConflictException
from sandbox.awslambda.limits import CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import Attachment
from sandbox.wire.operation import ResponseShape

__all__ = ["ProvisionedConcurrency", "keep_provisioned", "provisioned_function", "told_provisioned"]


class ProvisionedConcurrency(ResponseShape):
    """What was asked for and what there is."""

    function_arn: str | None = None
    requested_provisioned_concurrent_executions: int
    available_provisioned_concurrent_executions: int
    allocated_provisioned_concurrent_executions: int
    status: str
    last_modified: str


def provisioned_function(scope: LambdaScope, function_name: str, qualifier: str) -> FunctionReference:
    """Read the name of a version or alias that is there.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    reference = scope.reference(function_name, qualifier)
    scope.function(reference)
    return reference


def keep_provisioned(scope: LambdaScope, reference: FunctionReference, executions: int) -> Mapping[str, Any]:
    """Keep the settings, once they are found to fit.

    Raises:
        ResourceConflictException: it is provisioned already under another name (recalled).
        InvalidParameterValueException: ``$LATEST``, by its own name or an alias's; more than the function has reserved
            (recalled), or less than 100 would be left.
    """
    if scope.function(reference).version == LATEST:
        raise InvalidParameterValueException(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    others = [
        kept
        for kept in scope.store.attachments.of_function("provisioned", scope.account_id, scope.region, reference.name)
        if kept.qualifier != reference.version
    ]
    _refuse_twice(scope, reference, others)
    wanted = executions + sum(kept.document["Executions"] for kept in others)
    reserved = scope.reserved_concurrency(reference)
    if reserved is not None and wanted > reserved:
        raise InvalidParameterValueException(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    if reserved is None and CONCURRENCY_MAX - wanted < UNRESERVED_CONCURRENCY_MIN:
        raise InvalidParameterValueException(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
            f"minimum value of [{UNRESERVED_CONCURRENCY_MIN}]."
        )
    now = datetime.fromtimestamp(scope.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    document = {"Executions": executions, "LastModified": now}
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=scope.account_id,
                region=scope.region,
                name=reference.name,
                kind="provisioned",
                qualifier=reference.version,
                document=document,
            )
        )
    return document


def told_provisioned(document: Mapping[str, Any], *, function_arn: str | None = None) -> ProvisionedConcurrency:
    """Tell what is kept; *function_arn* is told in lists only."""
    executions = document["Executions"]
    return ProvisionedConcurrency(
        function_arn=function_arn,
        requested_provisioned_concurrent_executions=executions,
        available_provisioned_concurrent_executions=executions,
        allocated_provisioned_concurrent_executions=executions,
        status="READY",
        last_modified=document["LastModified"],
    )


def _refuse_twice(scope: LambdaScope, reference: FunctionReference, others: list[Attachment]) -> None:
    version = scope.function(reference).version
    by_alias = reference.version != version
    for other in others:
        provisioned = scope.find(scope.reference(reference.name, other.qualifier))
        if provisioned is None or provisioned.version != version:
            continue
        if by_alias and other.qualifier == version:
            raise ResourceConflictException(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
            )
        if not by_alias:
            raise ResourceConflictException(
                "Version is pointed by a Provisioned Concurrency alias and can't be used for configuration"
            )
