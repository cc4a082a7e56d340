"""What operations do with items: check keys, read, write, select, transact, and the bill for it.

Given typed arguments and parsed expressions, gives items and changes; every change leaves through
``sandbox.dynamodb.storage.store.Store.commit``. It must not know of request shapes, HTTP or JSON (beyond passing stored bytes through).
"""
