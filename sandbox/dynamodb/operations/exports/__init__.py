"""Exports to S3: asked for, described, listed. ``sandbox.adapters.table_jobs`` does them."""
