"""Handlers in warm worker processes on this machine, in the user's own interpreter.

Given a ``FunctionSpec``, starts ``runtimes.guest`` (in Python or in Node), or the function's ``bootstrap``, as a process
of its own group, with Lambda's environment variables and none of the user's AWS settings; gives ``Program``s to
``runtimes.runtime_api.environment``. Where the system can fork, Python workers are forked from a server that already
holds what they import; everything else is spawned.
"""
