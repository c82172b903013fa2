"""The store: what keeps the results, as fast as it can write and no faster."""
