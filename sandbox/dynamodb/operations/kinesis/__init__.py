"""Kinesis streams that tables write to, of which there are none: they cannot be enabled yet."""
