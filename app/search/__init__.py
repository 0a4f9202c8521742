"""Finding entries: the port, Vietnamese analysis, the query grammar, the backends and the projection."""
