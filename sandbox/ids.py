"""Where randomness comes from: request ids, uuids and labels, behind one object that a test can seed."""

import random
import secrets
import uuid

__all__ = ["Ids"]

_REQUEST_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Ids:
    """A source of identifiers; with a *seed* the same ones come again."""

    def __init__(self, seed: int | str | None = None) -> None:
        self._random = random.Random(seed if seed is not None else secrets.randbits(128))  # noqa: S311 - ids, not keys

    def request_id(self) -> str:
        """52 upper-case letters and digits, as DynamoDB's ``x-amzn-requestid`` has. Source: dynamodb-exact §1.2."""
        return "".join(self._random.choices(_REQUEST_ID_ALPHABET, k=40)) + "VV4KQNSO5AEMVJF66Q9ASUAAJG"[-12:]

    def uuid(self) -> str:
        """A version 4 UUID in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, digits: int) -> str:
        """*digits* lower-case hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def fraction(self) -> float:
        """A number in [0, 1), for jitter."""
        return self._random.random()
