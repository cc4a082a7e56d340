"""Lambda's operations, one file each, named after the wire name; ``written.py`` lists them."""
