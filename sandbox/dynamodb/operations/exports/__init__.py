"""Exports to S3, of which there are none."""
