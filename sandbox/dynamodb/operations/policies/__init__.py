"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: kept and told, never applied."""
