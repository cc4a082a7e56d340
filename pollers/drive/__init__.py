"""The legs of a mapping: does what ``decide`` says.

Given: the ports and a mapping's settings. Gives: invocations, checkpoints, failure records, traces. Must not know: any rule
of batching, retrying or ordering; those are in ``decide``.

One supervisor per mapping, one consumer per shard being read, one lane per concurrent batch of a shard. Nothing is shared
between mappings, so that a stuck one delays no other.
"""
