"""Whether a function may feed itself."""
