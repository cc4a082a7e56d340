"""The emulator: a DynamoDB, a DynamoDB Streams and a Lambda endpoint in one process.

Given requests as AWS's own services take them, gives the answers those would give, and hands every change of a table with
a stream to the functions mapped to it. ``docs/walk/`` follows one write through all of it, chapter by chapter. The way of
that write, from the socket to the function and back::

    web.pipeline            guarded, routed                           web.guard, web.targets, catalog
    wire.decode             bytes become a request, or AWS's refusal  wire.explain
    dynamodb.operations     one file per operation: translates        dynamodb.expressions
    dynamodb.engine         looks up, checks, applies, measures       values
    dynamodb.storage        one commit: item, indexes, stream record  streams.log
    web.execute             the answer waits for the commit           web.replies
    adapters.streams_api    the commit wakes the package ``pollers``
    adapters.invoker        which has the package ``runtimes`` run the function
    dynamodb.storage.checkpoints    and remembers how far it has come

``compose`` builds all of it; ``cli`` and ``testing`` are for people and for tests. Beside that way stand ``awslambda`` (the
Lambda API), ``logs`` (what functions print), ``aws_services`` (everything else, by moto) and ``project`` (the user's
template). Only the adapters, ``compose`` and what stands above it know the other two packages.
"""

__version__ = "0.1.0"
