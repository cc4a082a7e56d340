"""CreateTable, DescribeTable, ListTables, UpdateTable, DeleteTable, one file each, and the rules they share.

Given a request that keeps its declared constraints; checks the operation's own rules in AWS's order, changes the stored
definition, and leaves the end of passing statuses to ``lifecycle``.
"""
