"""The pipe: carries what one source offers to one target, filtered and enriched on the way."""
