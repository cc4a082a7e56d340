"""Global tables of the version of 2017, of which there are none: AWS makes no more of them, and nothing here replicates.

What is said of them are AWS's own refusals, the same for the tables that are there. The two operations on the automatic
scaling of replicas are about the global tables of 2019, and know no regional table either.
"""
