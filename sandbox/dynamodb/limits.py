"""DynamoDB's limits, with their units. Source: dynamodb-exact §7.2, §7.3."""

HASH_KEY_BYTES_MAX = 2048
RANGE_KEY_BYTES_MAX = 1024
ITEM_BYTES_MAX = 400 * 1024
PAGE_BYTES_MAX = 1024 * 1024
BATCH_GET_KEYS_MAX = 100
BATCH_WRITE_REQUESTS_MAX = 25
BATCH_REPLY_BYTES_MAX = 16_000_000
"""By the API reference of BatchGetItem 52 of 100 items of 300 KB are answered; 16 * 1024 * 1024 would let two more in."""
TRANSACTION_BYTES_MAX = 4 * 1024 * 1024
TRANSACTION_TOKEN_SECONDS = 600
READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
EXPIRY_AGE_SECONDS_MAX = 5 * 365 * 86_400
"""TTL leaves items alone whose time lies further back."""
TAGS_MAX = 50
LOCAL_INDEXES_MAX = 5
GLOBAL_INDEXES_MAX = 20
VECTOR_INDEXES_MAX = 5
VECTOR_DIMENSIONS_MAX = 4096
INLINE_FILTERS_MAX = 20
INLINE_FILTER_BYTES_MAX = 10 * 1024
SEARCH_RESULTS_MAX = 100
SEARCH_REPLY_BYTES_MAX = 16 * 1024 * 1024
"""Of vector indexes. Source: the developer guide on vector search; ExtendDB/extenddb, as measured in 2026-08."""
VECTOR_CHARGE_BYTES_MIN = 1024
"""The least that a write to a vector index, or a search of one, is charged. Source: the same."""
PROJECTED_ATTRIBUTES_MAX = 100
"""Named attributes of all indexes of a table together."""
INDEX_KEY_SIDE_ATTRIBUTES_MAX = 4
"""Attributes of a global index's partition key, and as many of its sort key."""
CAPACITY_UNITS_MAX = 10**12
TABLE_CAPACITY_UNITS_MAX = 40_000
"""What an account may ask for one table or index, reads or writes, per second. Source: dynamodb-exact §20."""
ACCOUNT_CAPACITY_UNITS_MAX = 80_000
ON_DEMAND_READ_UNITS = 12_000
ON_DEMAND_WRITE_UNITS = 4_000
"""What a new on-demand table can take at once, per second. Source: dynamodb-exact §19.2, row WarmThroughput."""
PASSING_TABLES_MAX = 500
"""Tables of an account and region that may be created, updated or deleted at one time. Source: dynamodb-exact §19.2."""
