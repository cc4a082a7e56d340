"""The Lambda API: functions and event source mappings, as AWS answers them.

Given a typed request and a ``LambdaScope``, gives the answer of Lambda's service model or raises one of ``faults``. It
keeps functions, mappings and tags in its own tables of the store, unpacks their code, and tells a ``FunctionHost`` what
to run and a ``MappingHost`` what to poll. It must not know how code runs (``runtimes``), how streams are read
(``pollers``), or that there is HTTP.
"""
