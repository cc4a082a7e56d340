"""DescribeContinuousBackups, UpdateContinuousBackups, RestoreTableToPointInTime.

Continuous backups are told of; of all moments, a table can be restored to the present one.
"""
