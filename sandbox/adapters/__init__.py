"""Where the three packages meet: our stream log as the poller's stream, our runtimes as its functions.

Each module gives one port of ``pollers`` or ``sandbox.awslambda`` in terms of another package; only ``compose`` builds them.
"""
