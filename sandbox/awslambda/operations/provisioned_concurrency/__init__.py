"""Provisioned concurrency: kept and told; environments start when they are needed all the same."""
