"""What the Lambda API remembers: functions, layers, event source mappings and tags.

``ports`` says what is asked of it, ``tables`` keeps it in the sandbox's database.
"""
