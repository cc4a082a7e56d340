"""PartiQL statements: one, a batch, a transaction."""
