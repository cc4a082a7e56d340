"""DescribeContinuousBackups, UpdateContinuousBackups, RestoreTableToPointInTime.

Given a table; has the store keep its past while recovery is enabled, and makes new tables of it.
"""
