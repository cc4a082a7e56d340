"""What the tags of a table may be, at its creation and later.

Source: dynamodb-exact §4 (limits), §20. The wordings for too many, repeated and reserved tags are assumptions.
"""

from collections.abc import Sequence

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import TAGS_MAX
from sandbox.dynamodb.parameters import Tag

__all__ = ["check_tags", "merged_tags"]


def check_tags(tags: Sequence[Tag]) -> None:
    """Check the tags of one request.

    Raises:
        ValidationException: a key is repeated, or begins with the reserved ``aws:``, or there are more than 50.
    """
    if len(tags) > TAGS_MAX:
        raise _too_many()
    keys = [tag.key for tag in tags]
    for key in keys:
        if key.lower().startswith("aws:"):
            raise ValidationException(
                f"One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved for system use: {key}"
            )
        if keys.count(key) > 1:
            raise ValidationException(f"One or more parameter values were invalid: Duplicate tag key: {key}")


def merged_tags(present: dict[str, str], tags: Sequence[Tag]) -> dict[str, str]:
    """The tags after adding *tags*; one with a known key replaces its value.

    Raises:
        ValidationException: there would be more than 50.
    """
    merged = present | {tag.key: tag.value for tag in tags}
    if len(merged) > TAGS_MAX:
        raise _too_many()
    return merged


def _too_many() -> ValidationException:
    return ValidationException(
        f"One or more parameter values were invalid: The number of tags exceeds the limit of {TAGS_MAX}"
    )
