"""JSON <-> typed requests and responses; knows no service.

Given bytes and a request type, gives a request or the exact refusal AWS would give. The accepting path is one
``msgspec`` decode; the wording of a refusal is worked out only once a request is known to be refused (``explain``).
It must not know what an operation does.
"""
