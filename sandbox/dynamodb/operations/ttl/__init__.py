"""UpdateTimeToLive and DescribeTimeToLive: which attribute says when an item expires."""
