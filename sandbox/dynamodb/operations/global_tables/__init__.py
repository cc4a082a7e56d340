"""Global tables of the version of 2017, of which there are none: nothing here replicates."""
