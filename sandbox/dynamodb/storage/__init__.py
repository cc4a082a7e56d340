"""The store: every table, index entry, stream record and token, in one SQLite database behind one writer connection.

Given changes, makes them durable in one transaction (``commit``); given key ranges, gives stored bytes. All SQL of the
data plane lives here and in ``sandbox.streams.log``. It must not know of requests, expressions or AWS wordings.
"""
