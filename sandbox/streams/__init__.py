"""DynamoDB Streams: the log that every change of a streamed table ends in, and the four operations that read it.

Given a change inside a transaction, appends one record to the shard of its partition key; given a position, gives the
records behind it as the bytes they are answered with. It must not know of tables' items, requests or pollers.
"""
