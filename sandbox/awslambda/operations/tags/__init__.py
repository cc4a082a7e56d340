"""Tags of functions and event source mappings."""
