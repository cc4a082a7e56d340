"""The emulator: a DynamoDB, a DynamoDB Streams and a Lambda endpoint in one process.

``docs/walk/`` follows one write from the socket to the checkpoint.
"""

__version__ = "0.1.0"
