"""CreateBackup, DescribeBackup, ListBackups, DeleteBackup, RestoreTableFromBackup: true copies of tables.

Given a table or a backup; copies rows through the store, and leaves the filling of indexes to ``lifecycle``.
"""
