"""The poller's ports over HTTP: any endpoint that speaks the DynamoDB Streams API, any that speaks Lambda's Invoke.

Given: endpoint URLs, a region and credentials. Gives: ``StreamsApi`` and ``Invoker``. Must not know: who answers, AWS or an
emulator. The only place of this package that knows aiohttp.
"""
