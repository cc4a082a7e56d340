"""From a queue to invocations: messages are received, handed to a function in batches, and deleted once processed.

Given a mapping, a way to the queue and an ``Invoker``. Order, retries and the dead-letter queue are the queue's own
matter: a message that is not deleted comes back when its visibility timeout is over. It must not know SQS's wire.
"""
