"""Bulk puts from S3: asked for, described, listed, cancelled. ``sandbox.adapters.table_jobs`` does them.

What is known of them is the service model with its sentences, and the beginnings of the pages *Bulk put items* of the
Amazon DynamoDB Developer Guide (2026). The words of all refusals, which go by those of imports, exports and tables, and
the form of the ARN are an assumption.
"""
