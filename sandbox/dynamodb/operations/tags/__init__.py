"""TagResource, UntagResource, ListTagsOfResource, and what tags may be."""
