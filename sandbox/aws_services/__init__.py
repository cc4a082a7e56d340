"""Every AWS service this sandbox does not emulate itself, behind the same endpoint.

Given one HTTP request, gives one HTTP answer. Imported services run in one thread of their own, loaded at the first
request; nothing here runs on the event loop longer than a dictionary look-up. Each ``MotoServices`` has its own world
(queues, buckets, parameters), even with several in one process or beside a test's own use of moto.

It must not know DynamoDB, Streams or Lambda: such a request arriving here is a routing mistake and raises
``MisroutedRequest``. It opens no connection: an attempt of the code it hosts to reach the network is refused.
"""
