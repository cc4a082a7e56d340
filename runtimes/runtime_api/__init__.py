"""The Lambda Runtime API (2018-06-01), served once for workers, ``bootstrap`` executables and containers.

Given one execution environment's facts, gives an address to put into ``AWS_LAMBDA_RUNTIME_API`` and a conversation: events
go out, answers come back. aiohttp is imported here and nowhere else in ``runtimes``. Must not know what runs at the other end.
"""
