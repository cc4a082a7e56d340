"""Notice saved code.

Given folders, gives the set of files whose *content* has changed, once per save however many events an editor makes of it.
watchdog is imported here and nowhere else. Must not know what is done about a change.
"""
