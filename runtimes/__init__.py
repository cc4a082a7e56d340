"""From an invocation to a result.

Given a ``FunctionSpec`` (code folder, handler, environment, limits) and a ``LogSink``, gives a ``Runtime``: one warm
function that answers each ``Invocation`` with an ``Outcome``, and takes new code with ``replace``. ``guest`` runs beside the
handler, in whichever interpreter that is; ``runtime_api`` serves the Lambda Runtime API; ``process`` and ``in_process`` are the
two kinds of runtime; ``reload`` watches code folders; ``choose`` picks and builds. Must not know pollers, the Lambda API, or
the store.
"""
