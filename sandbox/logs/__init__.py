"""What functions print, readable through four calls of CloudWatch Logs.

Given lines by the runtimes, keeps the latest of each log group in memory and answers FilterLogEvents, GetLogEvents,
DescribeLogGroups and DescribeLogStreams for the groups of functions; requests for any other group are declined, to be
answered by whoever serves the rest of AWS. It must not know what a function is, who runs it, or that there is HTTP.
"""
