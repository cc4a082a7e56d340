"""The judgement of a mapping: state and event in, decision out.

Given: records, settings, replies, instants and fractions of chance, all as values. Gives: decisions as values of closed
unions. Must not know: asyncio, a clock, randomness, logging, any port.
"""
