"""Layer versions, and who may use them."""
