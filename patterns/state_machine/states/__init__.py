"""The types of states, one a module: each is compiled once from a definition, and then entered by flows."""
