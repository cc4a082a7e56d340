"""How asynchronous events are treated."""
