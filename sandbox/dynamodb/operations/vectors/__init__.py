"""SearchVectors: the items whose vectors are nearest to a given one."""
