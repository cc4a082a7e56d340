"""What the sandbox costs, measured beside a bare aiohttp server that answers a body of the same size.

Absolute times mean little on a shared machine; a ratio taken in one run, with both servers interleaved, holds. Server
CPU time per request holds best. ``make bench`` runs everything, prints the table and writes ``benchmarks/results/``.
"""
