"""DescribeLimits and DescribeEndpoints: what an account may do, and where."""
