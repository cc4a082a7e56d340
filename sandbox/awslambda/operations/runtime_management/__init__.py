"""When a function's runtime is updated: kept and told."""
