"""What the tags of a table may be, at its creation and later.

Source of the sentences: ack-api-quirks DDB-TABLE-105, 107, 108, 110; of the characters: 106, 372. Which of several faults
is told first is an assumption.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import TAGS_MAX
from sandbox.dynamodb.parameters import Tag

__all__ = ["check_tag_keys", "check_tags", "merged_tags"]

_KEY_LENGTH_MAX = 128
_VALUE_LENGTH_MAX = 256
_SIGNS = frozenset("_.:/=+-@")


def check_tags(tags: Sequence[Tag]) -> None:
    """Check the tags of one request.

    Raises:
        ValidationException: a key or value is missing, too long or has other characters than letters, digits, blanks and
            ``_.:/=+-@``; a key begins with ``aws:``, in any case, or is repeated; or there are more than 50.
    """
    seen: set[str] = set()
    for tag in tags:
        _check_key(tag.key)
        if tag.value is None or len(tag.value) > _VALUE_LENGTH_MAX or not _is_plain(tag.value):
            raise ValidationException(f"The Tag Value provided is invalid, Value: {_printed(tag.value)}")
        if tag.key in seen:
            raise ValidationException(f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {tag.key}")
        seen.add(_printed(tag.key))
    if len(tags) > TAGS_MAX:
        raise _too_many()


def check_tag_keys(keys: Sequence[str]) -> None:
    """Check the keys of tags to remove; AWS refuses more than 50 of them in the words for too many tags.

    Raises:
        ValidationException: as ``check_tags``.
    """
    for key in keys:
        _check_key(key)
    if len(keys) > TAGS_MAX:
        raise _too_many()


def merged_tags(present: dict[str, str], tags: Iterable[Tag]) -> dict[str, str]:
    """The tags after adding *tags*; one with a known key replaces its value.

    Raises:
        ValidationException: there would be more than 50.
    """
    merged = present | {tag.key: tag.value for tag in tags if tag.key is not None and tag.value is not None}
    if len(merged) > TAGS_MAX:
        raise _too_many()
    return merged


def _check_key(key: str | None) -> None:
    if not key or len(key) > _KEY_LENGTH_MAX or not _is_plain(key):
        raise ValidationException(f"The Tag Key provided is invalid, Key: {_printed(key)}")
    if key.lower().startswith("aws:"):
        raise ValidationException(f"Tag Key cannot be prefixed with aws:, Key: {key}")


def _is_plain(text: str) -> bool:
    return all(character in _SIGNS or unicodedata.category(character)[0] in "LNZ" for character in text)


def _printed(text: str | None) -> str:
    return "null" if text is None else text


def _too_many() -> ValidationException:
    return ValidationException("Number of Tags exceed the current limit for the provided ResourceArn")
