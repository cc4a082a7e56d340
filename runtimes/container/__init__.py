"""Handlers in containers of a Docker engine, in AWS's base images or in others the user names.

Given a ``FunctionSpec``, starts a container whose runtime is driven through our Runtime API, and gives it as a ``Program``
to ``runtimes.runtime_api.environment``. The docker SDK is imported here and nowhere else, on a thread, once a container is needed;
none of its calls runs on the event loop. Containers are hardened, yet no security boundary. Must not know what the handler does.
"""
