"""A sandbox inside a test's own process.

Given a test, gives it an endpoint of its own, boto3 clients for it, its handlers deployed on its streams, and ways to
wait: ``drain``, and a clock that can be moved. ``EmbeddedSandbox`` is for any program; ``plugin`` makes it a pytest
fixture.

It must not know how anything of it works: everything goes through ``sandbox.compose``. Importing ``plugin`` imports
nothing but pytest.
"""
