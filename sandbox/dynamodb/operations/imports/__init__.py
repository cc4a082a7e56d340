"""Imports from S3, of which there are none."""
