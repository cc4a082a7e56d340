"""DynamoDB: operations over an engine over one store.

A request enters as a typed ``Request`` in ``operations/``, is translated into expressions and an engine call, and
leaves as a ``Response``. Everything here is synchronous and runs to its end on the event loop, so an operation *is*
atomic; it takes its clock and ids as arguments and must not know of HTTP, pollers or runtimes.
"""
