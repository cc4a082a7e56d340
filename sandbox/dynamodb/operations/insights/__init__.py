"""DescribeContributorInsights, UpdateContributorInsights, ListContributorInsights.

Whether they are enabled is kept and told; nothing is counted, and CloudWatch has no rules of theirs.
"""
