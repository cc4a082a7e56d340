"""Resources of services that are hosted beside DynamoDB and Lambda: queues, topics, buckets, rules and the like.

Given a resource of the template, gives the API calls that bring it about. They are of two kinds, because resources
refer to one another in any order: calls that make a thing, and calls that connect things which are all there.
"""
