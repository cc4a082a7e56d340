"""What tools ask of every function, and no function here has set: the answers of an untouched function."""
