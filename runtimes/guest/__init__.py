"""What runs beside the user's handler: loading it, its context, its log lines, its errors.

Given environment variables and an interpreter, gives what Lambda's own Python runtime would. These files run in the
*user's* interpreter, any Python from 3.8 on with nothing of ours installed, so they import the standard library and each
other (relatively) and nothing else. The worker loads the folder under the private name ``_sandbox_guest``; in-process
imports it as ``runtimes.guest``. ``node/`` is the same for Node, in its own language. Must not know the rest of
``runtimes``.
"""
