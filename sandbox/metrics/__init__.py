"""CloudWatch metrics of what runs here: kept by the minute, and read by CloudWatch's own calls.

Given values with a name, dimensions and a time, gives statistics over periods, as GetMetricData, GetMetricStatistics and
ListMetrics answer them. It must not know where values come from. Metrics of other namespaces are others' business.
"""
