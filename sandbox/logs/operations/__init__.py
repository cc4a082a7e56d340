"""The four calls, one file each, named after the wire name; ``sandbox/catalog.py`` lists them."""
