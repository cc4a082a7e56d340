"""ListStreams, DescribeStream, GetShardIterator, GetRecords: the DynamoDB Streams API over the log.

Records leave as the bytes they were stored as. Source: lambda-event-source-mappings §4.
"""
