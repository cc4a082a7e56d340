"""Imports from S3: all of them fail, for want of a bucket."""
