"""Lambda's operations, one file each, named after the wire name; ``sandbox/catalog.py`` lists them."""
