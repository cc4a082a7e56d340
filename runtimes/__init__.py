"""From an invocation to a result.

Given a ``FunctionSpec`` (code folder, handler, environment, limits) and a ``LogSink``, gives a ``Runtime``: one warm
function that answers each ``Invocation`` with an ``Outcome``, and takes new code with ``replace``. Must not know pollers,
the Lambda API, or the store.

The way of an invocation, from the promise to the handler and back::

    choose              which kind of runtime, with what it needs
    warm_runtime        one function; a pool per revision of its code
    pool                an environment that is free, or a new one
    runtime_api         the event goes out over the Lambda Runtime API (or in_process, to a thread)
    guest.worker        beside the handler, in whichever interpreter that is
    output              what it prints, line by line, to the ``LogSink``
    conclusion          END, REPORT, and the outcome

``process`` starts worker processes, ``in_process`` threads of this interpreter, both behind ``contract.Runtime``;
``reload`` watches code folders and knows none of the others. ``docs/walk/10-the-handler-runs.md`` tells it with reasons.
"""
