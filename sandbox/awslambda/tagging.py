"""Which function or mapping a tag call means, and the rules for tags. Source: recorded-answers §3; esm §1.5, §5.2."""

from collections.abc import Mapping

from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.scope import LambdaScope

__all__ = ["check_tags", "taggable"]

TAGS_MAX = 50

_PARTS_OF_A_RESOURCE = 7


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a resource may have; the wording is an assumption.

    Raises:
        InvalidParameterValueException: more than 50.
    """
    if len(tags) > TAGS_MAX:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")


def taggable(scope: LambdaScope, arn: str) -> str:
    """Give *arn* back if it is that of a function or a mapping that is there.

    Raises:
        ResourceNotFoundException: nothing is there that could have tags.
        InvalidParameterValueException: a version or alias, which cannot have tags.
    """
    parts = arn.split(":")
    kind, name, qualifier = parts[5], parts[6], parts[_PARTS_OF_A_RESOURCE:]
    ours = (parts[3], parts[4]) == (scope.region, scope.account_id)
    if kind == "event-source-mapping":
        if not ours or scope.store.mappings.get(scope.account_id, scope.region, name) is None:
            raise ResourceNotFoundException(f"Event source mapping not found: {arn}")
    elif kind == "function":
        if qualifier:
            raise InvalidParameterValueException(
                "Tags on function aliases and versions are not supported. Please specify a function ARN."
            )
        if not ours or scope.find(scope.reference(name)) is None:
            raise ResourceNotFoundException(f"Function not found: {arn}")
    else:
        # Layers have no tags here, and the others that the pattern takes cannot exist yet.
        raise ResourceNotFoundException(f"The resource you requested does not exist: {arn}")
    return arn
