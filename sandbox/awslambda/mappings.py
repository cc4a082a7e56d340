"""Find event source mappings and what they connect, and show them as answers do."""

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.faults import (
    InvalidParameterValueException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from sandbox.awslambda.mapping_configuration import shown_mapping
from sandbox.awslambda.names import FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import StoredMapping

__all__ = [
    "found_mapping",
    "mapped_function",
    "mapping_answer",
    "refuse_duplicate",
    "refuse_missing_stream",
    "refuse_surplus",
]

MAPPINGS_MAX = 1_000


def found_mapping(scope: LambdaScope, uuid: str) -> StoredMapping:
    """The mapping of that UUID.

    Raises:
        ResourceNotFoundException: there is none.
    """
    mapping = scope.store.mappings.get(scope.account_id, scope.region, uuid)
    if mapping is None:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return mapping


def mapping_answer(
    scope: LambdaScope, mapping: StoredMapping, *, state: str | None = None, listed: bool = False
) -> EventSourceMappingConfiguration:
    """Show *mapping* with its latest result, in the passing *state* where one is given."""
    result = scope.mapping_host.last_processing_result(mapping.uuid)
    return EventSourceMappingConfiguration.of(
        shown_mapping(mapping.configuration, last_processing_result=result, state=state, listed=listed)
    )


def mapped_function(scope: LambdaScope, function_name: str) -> FunctionReference:
    """Read the name of a function that a mapping shall invoke.

    Raises:
        InvalidParameterValueException: there is no such function, version or alias.
    """
    reference = scope.reference(function_name)
    if scope.find(reference) is None:
        raise InvalidParameterValueException("Function does not exist")
    return reference


def refuse_missing_stream(scope: LambdaScope, stream_arn: str) -> None:
    """Refuse a stream that is not there.

    Raises:
        InvalidParameterValueException: there is none.
    """
    if not scope.streams.exists(stream_arn):
        raise InvalidParameterValueException(f"Stream not found: {stream_arn}")


def refuse_duplicate(
    scope: LambdaScope, stream_arn: str, function: FunctionReference, *, other_than: str | None = None
) -> None:
    """Refuse to map a pair twice; a qualifier makes it another pair.

    Raises:
        ResourceConflictException: a mapping other than *other_than* has this stream and function.
    """
    for mapping in scope.store.mappings.of_account(scope.account_id, scope.region):
        pair = (mapping.configuration["EventSourceArn"], mapping.configuration["FunctionArn"])
        if mapping.uuid != other_than and pair == (stream_arn, function.qualified_arn):
            raise ResourceConflictException(
                f'The event source arn (" {stream_arn} ") and function (" {function.name} ") provided mapping already '
                f"exists. Please update or delete the existing mapping with UUID {mapping.uuid}"
            )


def refuse_surplus(scope: LambdaScope) -> None:
    """Refuse more mappings than the sandbox takes; the number and the words are ours.

    Raises:
        InvalidParameterValueException: the account has as many as it may.
    """
    if len(scope.store.mappings.of_account(scope.account_id, scope.region)) >= MAPPINGS_MAX:
        raise InvalidParameterValueException(f"This sandbox takes at most {MAPPINGS_MAX} event source mappings.")
