"""From a stream to an invocation: what Lambda's event source mappings do between DynamoDB Streams and a function.

Given: a stream (``ports.StreamsApi``), a function (``ports.Invoker``), a memory (``ports.Checkpoints``), a clock and the
settings of a mapping. Gives: every record of the stream handed to the function at least once, in order per item, or
reported as discarded. Must not know: what emulates the stream or runs the function; the packages ``sandbox`` and
``runtimes`` are never imported here.

The way of a record, from shard to checkpoint::

    drive.supervisor   which shards may be read now             decide.lineage
    drive.consumer     one shard: a reader ahead, lanes behind
    drive.reader       woken by the source, or 4 polls a second
    drive.shard        does it match, which lane                decide.filtering, decide.lanes
    drive.lane         is the batch ready, is it too old        decide.batching, decide.tumbling, decide.ageing
    event              the document the function receives
    ports.Invoker      the function runs
    drive.lane         what did it say, what now                decide.outcome, decide.next_step
    checkpoints        how far this shard is finished

``decide`` is pure: no await, no clock, no chance, no logging. ``drive`` awaits and decides nothing. Each invocation and
each decision leaves as a ``trace.BatchTrace``. ``clients`` reads streams and invokes functions over HTTP. ``docs/walk/`` tells
it with reasons, from chapter 8 on.
"""
