"""Operations on items: single ones, batches, Query and Scan."""
