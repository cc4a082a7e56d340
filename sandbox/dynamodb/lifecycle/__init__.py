"""What happens to tables and items by itself, as time passes: statuses settle, new indexes fill, items expire.

Given the store and the clock; changes tables and items through the store alone. It must not know of requests or of who
asked. Each module has a synchronous part that does what is due and an asynchronous one that waits for the next time.
"""
