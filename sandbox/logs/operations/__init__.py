"""The four calls, one file each, named after the wire name; ``written.py`` lists them."""
