"""The patterns that come with the product: a folder each, registered by being found."""
