"""Resource policies of functions."""
