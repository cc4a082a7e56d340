"""The HTTP endpoint: the only aiohttp server of this package.

Given the services to serve, as ports, gives answers in AWS's form: guarded, routed, decoded, run, written. It must not
know what an operation does, where anything is stored, or how a function runs.
"""
