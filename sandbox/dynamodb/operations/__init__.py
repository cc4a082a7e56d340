"""One operation, one file, named after its wire name: request shape, response shape, one function that translates."""
