"""Kinesis streams that tables write to: Enable-, Disable-, Update- and DescribeKinesisStreamingDestination.

Given a table and the ARN of a stream; has the store keep the table's changes. ``sandbox.adapters.kinesis_feed``
delivers them; nothing here knows whether there is such a stream.
"""
