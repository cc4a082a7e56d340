"""From hosted services to functions: topics, buckets and rules that have a function at their end.

The hosted code would look for such a function in a Lambda of its own, where there is none. Here it becomes a
``FunctionCall``, which the sandbox hands to the one Lambda there is, as an asynchronous invocation.

Given what the hosted code is about to deliver, gives the event document that AWS sends. It must not know who runs it.
"""
